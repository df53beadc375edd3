//! The definitions once more, straight from the page: slow, and obviously right.

use dynamo_sim::history::model::{Ending, Function, History, NEVER, Shape};

/// An operation, as plain as can be.
#[derive(Clone, Debug)]
pub struct Op {
    pub client: u32,
    pub key: u32,
    pub write: bool,
    pub acked: bool,
    pub start: u64,
    pub end: u64,
    pub began: u64,
    pub ended: u64,
    /// What was written, or read; 0 is nothing.
    pub value: i64,
    pub set: Vec<i64>,
    pub context: Vec<(u32, u64)>,
    pub dot: Option<(u32, u64)>,
}

/// All operations that matter: no failed ones, no reads without an answer.
pub fn ops(history: &History) -> Vec<Op> {
    use dynamo_sim::history::value::Value;
    let mut ops = Vec::new();
    for told in &history.operations {
        let write = told.function != Function::Read;
        let acked = told.ending == Ending::Ok;
        if told.ending == Ending::Fail || (!write && !acked) {
            continue;
        }
        let number = |value: &Value| match value {
            Value::Number(number) => *number,
            Value::Text(_) => panic!("only numbers are drawn"),
        };
        let set: Vec<i64> = told.values.of(&history.values).iter().map(number).collect();
        ops.push(Op {
            client: told.client,
            key: told.key,
            write,
            acked,
            start: u64::from(told.start),
            end: if told.end == NEVER { u64::MAX } else { u64::from(told.end) },
            began: told.began,
            ended: if acked { told.ended.unwrap() } else { u64::MAX },
            value: set.first().copied().unwrap_or(0),
            set,
            context: told.clock.map_or(Vec::new(), |clock| clock.of(&history.clocks).to_vec()),
            dot: told.dot,
        });
    }
    assert!(ops.iter().all(|op| op.set.len() < 2 || history.shape == Shape::Contexts));
    ops
}

/// Is there an order in which each read returns one of the `k` freshest values, and that keeps
/// `before`? Tries them all.
pub fn fits(ops: &[Op], k: usize, before: &dyn Fn(&Op, &Op) -> bool) -> bool {
    fn go(
        ops: &[Op],
        left: u32,
        written: &mut Vec<i64>,
        k: usize,
        before: &dyn Fn(&Op, &Op) -> bool,
    ) -> bool {
        let open = |at: usize| left & (1 << at) != 0;
        if (0..ops.len()).all(|at| !open(at) || (ops[at].write && !ops[at].acked)) {
            return true;
        }
        for at in (0..ops.len()).filter(|at| open(*at)) {
            let blocked = (0..ops.len()).any(|o| o != at && open(o) && before(&ops[o], &ops[at]));
            if blocked {
                continue;
            }
            let rest = left & !(1 << at);
            if ops[at].write {
                written.push(ops[at].value);
                let found = go(ops, rest, written, k, before);
                written.pop();
                if found {
                    return true;
                }
            } else if written.iter().rev().take(k).any(|value| *value == ops[at].value)
                && go(ops, rest, written, k, before)
            {
                return true;
            }
        }
        false
    }
    go(ops, (1 << ops.len()) - 1, &mut vec![0], k, before)
}

/// Is there an order in which each read knows exactly the named writes before it?
pub fn one_copy(ops: &[Op]) -> bool {
    fn go(ops: &[Op], left: u32) -> bool {
        if left == 0 {
            return true;
        }
        let open = |at: usize| left & (1 << at) != 0;
        (0..ops.len()).filter(|at| open(*at)).any(|at| {
            let op = &ops[at];
            let blocked = (0..ops.len()).any(|o| open(o) && ops[o].end < op.start);
            let exact = op.write
                || (0..ops.len()).all(|o| match ops[o].dot {
                    Some(dot) => knows(op, dot) != open(o),
                    None => true,
                });
            !blocked && exact && go(ops, left & !(1 << at))
        })
    }
    // Versions of which no write is known: they may have come at any time.
    let mut all = ops.to_vec();
    for read in reads(ops) {
        for (actor, count) in &read.context {
            for dot in (1..=*count).map(|count| (*actor, count)) {
                if all.iter().all(|op| op.dot != Some(dot)) {
                    let (write, start, end, dot) = (true, 0, u64::MAX, Some(dot));
                    all.push(Op { write, start, end, dot, ..read.clone() });
                }
            }
        }
    }
    go(&all, (1 << all.len()) - 1)
}

/// Does a read's context cover this name?
pub fn knows(read: &Op, dot: (u32, u64)) -> bool {
    read.context.iter().any(|(actor, count)| *actor == dot.0 && *count >= dot.1)
}

/// From when on the value that a read returned surely was there.
pub fn settled(ops: &[Op], key: u32, value: i64) -> u64 {
    if value == 0 {
        return 0;
    }
    let same = ops.iter().filter(|op| op.key == key && op.value == value);
    same.map(|op| op.end).min().unwrap()
}

/// Has this read been given something older than that write?
pub fn older(ops: &[Op], read: &Op, write: &Op) -> bool {
    settled(ops, read.key, read.value) < write.start
}

fn before(one: &Op, other: &Op) -> bool {
    one.end < other.start
}

fn session(one: &Op, other: &Op) -> bool {
    one.client == other.client && before(one, other)
}

pub fn reads(ops: &[Op]) -> impl Iterator<Item = &Op> {
    ops.iter().filter(|op| !op.write)
}

pub fn acked(ops: &[Op]) -> impl Iterator<Item = &Op> {
    ops.iter().filter(|op| op.write && op.acked)
}

/// Does a read lack a write by what the store tells?
pub fn lacks(ops: &[Op], read: &Op, write: &Op) -> bool {
    match (contexts(ops), write.dot) {
        (true, Some(dot)) => !knows(read, dot) && !read.set.contains(&write.value),
        (true, None) => false,
        (false, _) => older(ops, read, write),
    }
}

fn contexts(ops: &[Op]) -> bool {
    ops.iter().any(|op| !op.context.is_empty())
}

pub fn read_your_writes(ops: &[Op]) -> usize {
    let broken = |r: &&Op| acked(ops).any(|w| w.key == r.key && session(w, r) && lacks(ops, r, w));
    reads(ops).filter(broken).count()
}

pub fn monotonic_reads(ops: &[Op]) -> usize {
    let write =
        |value: i64, key: u32| ops.iter().find(|op| op.write && op.value == value && op.key == key);
    let broken = |r: &&Op| {
        let mine = || reads(ops).filter(|p| p.key == r.key && session(p, r));
        if contexts(ops) {
            let less = |p: &Op| p.context.iter().any(|dot| dot.1 > 0 && lost(ops, r, *dot));
            let unseen = |p: &Op| {
                let named = p.set.iter().filter_map(|v| write(*v, p.key));
                named.filter(|w| w.dot.is_some()).any(|w| lacks(ops, r, w))
            };
            return mine().any(|p| less(p) || unseen(p));
        }
        let known = |p: &Op| write(p.value, p.key).is_some_and(|w| older(ops, r, w));
        let back = || {
            let mut others = mine().filter(|p| p.value == r.value);
            others.any(|p| mine().any(|q| session(p, q) && q.value != r.value))
        };
        mine().any(known) || back()
    };
    reads(ops).filter(broken).count()
}

/// Is this entry beyond a read's context? Not if it returned the very write of that name.
fn lost(ops: &[Op], read: &Op, dot: (u32, u64)) -> bool {
    let own = ops.iter().find(|op| op.dot == Some(dot));
    !knows(read, dot) && own.is_none_or(|w| !read.set.contains(&w.value))
}

/// With contexts: whoever knows a write knows what `earlier` says came before it.
fn followed(ops: &[Op], earlier: &dyn Fn(&Op, &Op) -> bool) -> usize {
    let broken = |r: &&Op| {
        let known = ops
            .iter()
            .filter(|w| w.write)
            .filter(|w| r.set.contains(&w.value) || w.dot.is_some_and(|dot| knows(r, dot)));
        known.into_iter().any(|w| earlier(r, w))
    };
    reads(ops).filter(broken).count()
}

pub fn monotonic_writes(ops: &[Op]) -> usize {
    followed(ops, &|r, w| acked(ops).any(|p| session(p, w) && lacks(ops, r, p)))
}

pub fn writes_follow_reads(ops: &[Op]) -> usize {
    followed(ops, &|r, w| {
        reads(ops).filter(|p| session(p, w)).any(|p| {
            let beyond = p.context.iter().any(|dot| dot.1 > 0 && lost(ops, r, *dot));
            let write = |v: &i64| ops.iter().find(|op| op.write && op.value == *v).unwrap();
            beyond || p.set.iter().map(write).any(|w| w.dot.is_some() && lacks(ops, r, w))
        })
    })
}

/// What comes before what, by clients and readers, over all keys.
pub fn causal(ops: &[Op]) -> usize {
    let n = ops.len();
    let mut reach = vec![vec![false; n]; n];
    for (i, one) in ops.iter().enumerate() {
        for (j, other) in ops.iter().enumerate() {
            let reads = one.write && !other.write && one.key == other.key;
            reach[i][j] = session(one, other) || (reads && other.set.contains(&one.value));
        }
    }
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                reach[i][j] |= reach[i][k] && reach[k][j];
            }
        }
    }
    let broken = |j: &usize| {
        let r = &ops[*j];
        !r.write
            && (0..n).any(|i| {
                let w = &ops[i];
                w.write && w.key == r.key && reach[i][*j] && lacks(ops, r, w)
            })
    };
    (0..n).filter(broken).count()
}

/// Reads that miss what was acknowledged before, and for how long the first of that had been.
pub fn stale(ops: &[Op]) -> (usize, u64) {
    let (mut count, mut longest) = (0, 0);
    for r in reads(ops) {
        let overlapped = |w: &Op| {
            let own = ops.iter().find(|op| op.write && op.value == r.value && op.key == r.key);
            let end = own.map_or(0, |own| own.end);
            end < w.start
        };
        let missed = acked(ops).filter(|w| w.key == r.key && before(w, r));
        let missed = missed.filter(|w| match contexts(ops) {
            true => w.dot.is_some_and(|dot| !knows(r, dot)),
            false => overlapped(w),
        });
        if let Some(first) = missed.map(|w| w.ended).min() {
            count += 1;
            longest = longest.max(r.began - first);
        }
    }
    (count, longest)
}

pub fn most_missed(ops: &[Op]) -> usize {
    let missed = |r: &Op| {
        let all = acked(ops).filter(|w| w.key == r.key && before(w, r));
        all.filter(|w| match w.dot {
            Some(dot) => !knows(r, dot),
            None => false,
        })
        .count()
    };
    reads(ops).map(missed).max().unwrap_or(0)
}

pub fn lost_updates(ops: &[Op]) -> usize {
    if contexts(ops) {
        let lost = |w: &&Op| {
            let Some(dot) = w.dot else { return false };
            reads(ops).any(|r| {
                let hidden = knows(r, dot) && !r.set.contains(&w.value);
                let followed = ops.iter().filter(|u| u.write).any(|u| {
                    let own = u.client == w.client && w.start < u.start;
                    let got = reads(ops).any(|p| session(p, u) && p.set.contains(&w.value));
                    (own || got) && u.start < r.end
                });
                hidden && !followed
            })
        };
        return acked(ops).filter(lost).count();
    }
    let base = |w: &Op| {
        let mine = ops.iter().filter(|p| p.key == w.key && p.client == w.client);
        let last = mine.filter(|p| p.start < w.start).max_by_key(|p| p.start)?;
        (!last.write).then_some(last.value)
    };
    let mut bases: Vec<i64> = acked(ops).filter_map(base).collect();
    bases.sort_unstable();
    bases.windows(2).filter(|pair| pair[0] == pair[1]).count()
}
