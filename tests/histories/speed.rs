//! How long a million operations take. Ignored, for it wants a release build:
//! `cargo test --release --test histories -- --ignored --nocapture a_million`

// What is measured here is the time of the machine.
#![allow(clippy::disallowed_types)]

use std::time::Instant;

use dynamo_sim::history::checkers::CHECKERS;
use dynamo_sim::history::judge::{Bounds, judge};
use dynamo_sim::history::write_edn::write;
use dynamo_sim::history::{edn, lines};

use crate::draw::{Dice, Kind, registers};

#[test]
#[ignore = "a measurement, for a release build"]
fn a_million_operations_are_judged_in_a_moment() {
    for (keys, stale, clients) in
        [(1, 0, 50), (1000, 0, 50), (1000, 5, 50), (1, 1, 50), (10_000, 0, 1000)]
    {
        let kind = Kind { operations: 1_000_000, clients, keys, stale, twice: false };
        let text = registers(&mut Dice::new(1), kind);
        let began = Instant::now();
        let history = lines::read(text.as_bytes()).unwrap();
        let size = text.len() >> 20;
        let reading = began.elapsed();
        println!("{keys} keys, {clients} clients, {stale} % stale: {size} MiB read in {reading:?}");
        let began = Instant::now();
        drop(history.registers());
        println!("  registers {:?}", began.elapsed());
        for checker in CHECKERS {
            let began = Instant::now();
            let judgements = judge(&history, &[checker], &[checker], &Bounds::default());
            let found = judgements.checkers[0].violations;
            println!("  {:<20} {:?} ({found})", checker.name(), began.elapsed());
        }
        let began = Instant::now();
        judge(&history, &CHECKERS, &CHECKERS, &Bounds::default());
        let judging = began.elapsed();
        println!("  all together {judging:?}; with reading {:?}", reading + judging);
        if (keys, stale) == (1000, 0) {
            let exported = write(&history);
            let began = Instant::now();
            edn::read(exported.as_bytes()).unwrap();
            println!("  EDN, {} MiB read in {:?}", exported.len() >> 20, began.elapsed());
        }
    }
}
