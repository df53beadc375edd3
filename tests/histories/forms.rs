//! Histories of other stores: EDN, JSON Lines, and files that are neither.

use dynamo_sim::history::checkers::Checker;
use dynamo_sim::history::verdict::Verdict;
use dynamo_sim::history::write_edn::write;
use dynamo_sim::history::{edn, lines};

use crate::agree::{all, read, said};
use crate::draw::{Dice, Kind, registers, siblings};

/// As Jepsen writes it: registers on keys of their own, a crashed client, a failed swap, a nemesis.
pub const JEPSEN: &str = r#"; two registers
{:type :invoke, :f :write, :value [:x 1], :process 0, :time 10, :index 0}
{:type :info, :f :start, :value "cut off n1", :process :nemesis, :time 11, :index 1}
#jepsen.history.Op{:index 2, :time 12, :type :invoke, :process 1, :f :read, :value [:x nil]}
{:type :ok, :f :write, :value [:x 1], :process 0, :time 20, :index 3}
{:type :ok, :f :read, :value [:x 1], :process 1, :time 25, :index 4}
{:type :invoke, :f :write, :value [:x 2], :process 0, :time 30, :index 5}
{:type :info, :f :write, :value [:x 2], :process 0, :time 5030, :index 6, :error :timeout}
{:type :invoke, :f :cas, :value [:y [0 1]], :process 1, :time 5031, :index 7}
{:type :fail, :f :cas, :value [:y [0 1]], :process 1, :time 5032, :index 8}
{:type :invoke, :f :read, :value [:x nil], :process 2, :time 6000, :index 9}
{:type :ok, :f :read, :value [:x 2], :process 2, :time 6010, :index 10}
"#;

/// The same and one read more, which goes back.
pub fn going_back() -> String {
    format!(
        "{JEPSEN}{}{}",
        "{:type :invoke, :f :read, :value [:x nil], :process 1, :time 7000, :index 11}\n",
        "{:type :ok, :f :read, :value [:x 1], :process 1, :time 7010, :index 12}\n"
    )
}

#[test]
fn a_history_of_jepsen_is_judged() {
    let good = all(&edn::read(JEPSEN.as_bytes()).unwrap());
    assert_eq!((good.history.operations, good.history.keys), (5, 2));
    assert_eq!((good.history.failed, good.history.unknown), (1, 1));
    for checker in [Checker::Written, Checker::Linearizable, Checker::Regular, Checker::Causal] {
        assert_eq!(said(&good, checker).verdict, Verdict::Held, "{}", checker.name());
    }
    let bad = all(&edn::read(going_back().as_bytes()).unwrap());
    let linearizable = said(&bad, Checker::Linearizable);
    assert_eq!(linearizable.verdict, Verdict::Broken);
    let story = linearizable.first.as_ref().unwrap();
    assert_eq!(story.key, ":x");
    assert!(story.operations.iter().any(|told| told.what == "read :x -> 1" && told.line == 13));
    // Nobody acknowledged the 2, so that a regular register may still return the 1.
    assert_eq!(said(&bad, Checker::Regular).verdict, Verdict::Held);
    let vector = format!("[{}]", going_back());
    assert_eq!(all(&edn::read(vector.as_bytes()).unwrap()), bad);
}

#[test]
fn swaps_and_keyless_registers_are_searched() {
    let swap = |then: i64| {
        format!(
            "[{{:process 0 :type :invoke :f :write :value 1}} {{:process 0 :type :ok :f :write \
             :value 1}}\n{{:process 0 :type :invoke :f :cas :value [1 2]}} {{:process 0 :type :ok \
             :f :cas :value [1 2]}}\n{{:process 1 :type :invoke :f :read :value nil}} {{:process 1 \
             :type :ok :f :read :value {then}}}]"
        )
    };
    for (then, verdict) in [(2, Verdict::Held), (1, Verdict::Broken)] {
        let judgements = all(&edn::read(swap(then).as_bytes()).unwrap());
        assert_eq!(said(&judgements, Checker::Linearizable).verdict, verdict);
        assert!(!judgements.history.timed);
    }
    let wrong = swap(2).replace("[1 2]", "[5 2]");
    let judgements = all(&edn::read(wrong.as_bytes()).unwrap());
    assert_eq!(said(&judgements, Checker::Linearizable).verdict, Verdict::Broken);
}

// What is written as EDN and read again is judged alike, but for the lines that stories name.
#[test]
fn edn_keeps_everything_that_is_judged() {
    for seed in 0..400 {
        let mut dice = Dice::new(seed + 1_000_000);
        let kind = Kind { operations: 40, clients: 4, keys: 3, stale: 20, twice: seed % 2 == 0 };
        let text = match seed % 3 {
            0 => siblings(&mut dice, 30, 20),
            _ => registers(&mut dice, kind),
        };
        let history = read(&text);
        let exported = write(&history);
        let again = edn::read(exported.as_bytes()).unwrap_or_else(|told| panic!("{told}"));
        let (mut one, mut other) = (all(&history), all(&again));
        for said in one.checkers.iter_mut().chain(&mut other.checkers) {
            let operations = said.first.iter_mut().flat_map(|story| &mut story.operations);
            operations.for_each(|told| told.line = 0);
        }
        assert_eq!(one, other, "seed {seed}\n{text}\n{exported}");
        assert_eq!(write(&again), exported, "seed {seed}");
    }
}

#[test]
fn texts_are_keys_and_values_too() {
    let text = r#"{"process":"a b","type":"invoke","f":"write","key":"k \"1\"","value":"ü\n"}
{"process":"a b","type":"ok","f":"write","key":"k \"1\"","value":"ü\n"}
{"process":"c","type":"invoke","f":"read","key":"k \"1\"","value":null,"node":"x"}
{"process":"c","type":"ok","f":"read","key":"k \"1\"","value":"ü\n"}
"#;
    let history = read(text);
    let judgements = all(&history);
    assert_eq!(said(&judgements, Checker::Linearizable).verdict, Verdict::Held);
    let again = edn::read(write(&history).as_bytes()).unwrap();
    assert_eq!(all(&again).history, judgements.history);
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_field() {
    let line = |text: &str| lines::read(text.as_bytes()).unwrap_err();
    let good = "{\"p\":0,\"type\":\"invoke\",\"f\":\"get\",\"key\":1}\n";
    for (text, at, field) in [
        ("not json".to_string(), 1, ""),
        (format!("{good}{{\"p\":0,\"type\":\"maybe\",\"f\":\"get\",\"key\":1}}"), 2, "type"),
        (format!("{good}{{\"p\":0,\"type\":\"ok\",\"f\":\"txn\",\"key\":1}}"), 2, "f"),
        (format!("{good}{{\"p\":1,\"type\":\"ok\",\"f\":\"get\",\"key\":1}}"), 2, "type"),
        (format!("{good}{{\"p\":0,\"type\":\"ok\",\"f\":\"get\",\"key\":2}}"), 2, "f"),
        (format!("{good}{good}"), 2, "process"),
        (format!("{good}{{\"p\":0,\"type\":\"ok\",\"f\":\"get\",\"key\":1,\"t\":-4}}"), 2, "t"),
        (format!("{good}{{\"p\":0,\"type\":\"ok\",\"f\":\"get\",\"key\":1,\"t\":4}}"), 2, "time"),
        (format!("{good}{{\"type\":\"ok\",\"f\":\"get\",\"key\":1}}"), 2, ""),
    ] {
        let told = line(&text);
        assert_eq!((told.line, told.field.as_str()), (at, field), "{told}");
        assert!(!told.found.is_empty() && !told.wanted.is_empty());
    }
    let form = |text: &str| edn::read(text.as_bytes()).unwrap_err();
    let good = "{:process 0 :type :invoke :f :read :value [1 nil]}\n";
    for (text, at, field) in [
        ("[1 2]".to_string(), 1, ""),
        (format!("{good}\n{{:process 0 :type :no}}"), 3, ":type"),
        (format!("{good}{{:process 0 :type :ok :f :txn}}"), 2, ":f"),
        (format!("{good}{{:process 0 :type :ok :f :read :value 5}}"), 2, ":value"),
        (format!("{good}{{:type :ok :f :read :value 5}}"), 2, ":process"),
        (format!("{good}{{:process 0"), 2, ""),
        (format!("[{good}"), 2, ""),
    ] {
        let told = form(&text);
        assert_eq!((told.line, told.field.as_str()), (at, field), "{told}");
    }
}

// Whatever the bytes, the answer is a history or a complaint; and every history can be judged.
#[test]
fn damaged_files_never_break_the_reader() {
    let mut read_anyway = 0;
    for seed in 0..12_000 {
        let mut dice = Dice::new(seed + 2_000_000);
        let kind = Kind { operations: 6, clients: 3, keys: 2, stale: 20, twice: false };
        let text = match seed % 4 {
            0 => going_back(),
            1 => siblings(&mut dice, 6, 20),
            2 => write(&read(&siblings(&mut dice, 6, 20))),
            _ => registers(&mut dice, kind),
        };
        let mut bytes = text.into_bytes();
        for _ in 0..=dice.below(3) {
            let at = dice.below(bytes.len());
            match dice.below(6) {
                0 => bytes[at] = dice.next() as u8,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"[]{}#\"\\:;0-9"[dice.below(12)]),
                3 => bytes.truncate(at.max(1)),
                4 => {
                    let to = (at + dice.below(60)).min(bytes.len());
                    let piece = bytes[at..to].to_vec();
                    let place = dice.below(bytes.len());
                    bytes.splice(place..place, piece);
                }
                _ => {
                    let place = dice.below(bytes.len());
                    bytes.swap(at, place);
                }
            }
            if bytes.is_empty() {
                bytes.push(b'{');
            }
        }
        for history in [lines::read(&bytes), edn::read(&bytes)].into_iter().flatten() {
            let judgements = all(&history);
            assert!(write(&history).len() + judgements.checkers.len() > 10);
            read_anyway += 1;
        }
    }
    assert!(read_anyway > 300, "{read_anyway}");
    let deep = "[".repeat(100_000);
    assert!(edn::read(deep.as_bytes()).is_err() && lines::read(deep.as_bytes()).is_err());
}
