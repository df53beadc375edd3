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
    for (keys, stale) in [(1, 0), (1000, 0), (1000, 5), (1, 1)] {
        let kind = Kind { operations: 1_000_000, clients: 50, keys, stale, twice: false };
        let text = registers(&mut Dice::new(1), kind);
        let began = Instant::now();
        let history = lines::read(text.as_bytes()).unwrap();
        let size = text.len() >> 20;
        println!("{keys} keys, {stale} % stale: {size} MiB read in {:?}", began.elapsed());
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
        println!("  all together {:?}", began.elapsed());
        if (keys, stale) == (1000, 0) {
            let exported = write(&history);
            let began = Instant::now();
            edn::read(exported.as_bytes()).unwrap();
            println!("  EDN, {} MiB read in {:?}", exported.len() >> 20, began.elapsed());
        }
    }
}
