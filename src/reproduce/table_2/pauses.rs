//! The second model of table 2: small steps, and processes that pause.
//!
//! It was formed after the first had been seen to miss, from this argument: where all of the tail
//! lies in single steps, quorums hide it from reads that clients coordinate, and nothing hides it
//! from writes, so that the paper's tails, equal for reads and writes and nearly half as long for
//! clients, cannot come out. They can if what is slow is now and then a process as a whole, that of
//! the client included: then the number of processes on a request's way decides.
//!
//! What is fixed here was fixed before the first run of this model. Only two numbers are free, the
//! median of a step and the mean length of a pause; they are found on the same two cells as before
//! and stand in `pauses.json`.

/// What is fixed, and why.
const FIXED: [&str; 8] = [
    "Dynamo is written in Java (section 5), and collections of garbage stop a process as a whole. \
     Each node, each load balancer and each client stops by itself, at random moments, for \
     exponential times of one mean length. All kinds of processes have the same pauses.",
    "Between two pauses of a process lie 10 s in the mean: some 300 requests a second and node \
     that leave about 10 kB of garbage each fill some tens of megabytes in that time. It is the \
     middle of 5, 10 and 20 s; the other two are shown, each with a calibration of its own.",
    "A step between two processes is log-normal with sigma 0.5, as the disks of this program's \
     storage engines are; so is a passage through a load balancer.",
    "Versions are ordered by physical time stamps in both variants: that is the case of section \
     6.4 in which clients coordinate writes too. With servers, a node of the preference list \
     coordinates writes, as in the first model.",
    "A write needs no context under time stamps and stands alone. If it followed a read of its \
     client at once, it would meet no pause but those that begin in between: the read would have \
     waited for it.",
    "An operation begins when it is wanted, also while its client is in a pause: the page that \
     waits for it waits for the process too. Latencies from the moment at which the client goes on \
     are shown, with a calibration of their own.",
    "There are as many load balancers as nodes, so that no pause of a single one decides a run. \
     How many there are changes no expectation.",
    "All else is as in the first model: nodes, quorums, disks, keys, rates.",
];

/// The world of servers, with the two numbers that were found.
const SERVER: &str = include_str!("pauses.json");

/// One choice of what is fixed, with what was found for it on the two cells.
#[derive(Clone, Copy)]
pub struct Choice {
    pub what: &'static str,
    /// From one pause to the next, in seconds.
    every: u32,
    /// The median of a step, and the mean of a pause, in microseconds.
    median: u32,
    length: u32,
    /// What else differs: parts of the file, and what stands in their place.
    changes: &'static [(&'static str, &'static str)],
    /// How many times longer its runs are.
    pub longer: u32,
}

/// The choice that is held to the bar, as it stands in the file.
pub const CHOSEN: Choice = Choice {
    what: "pauses every 10 s",
    every: 10,
    median: 526,
    length: 28_700,
    changes: &[],
    longer: 1,
};

/// Choices that are only shown. The last two are rules of the paper that the chosen one leaves
/// out. They were formed when all others had been seen; what each changes was fixed before its
/// first run, and so was what was expected of it (`EXPECTED`).
pub const OTHERS: [Choice; 5] = [
    Choice { what: "pauses every 5 s", every: 5, median: 504, length: 23_500, ..CHOSEN },
    Choice { what: "pauses every 20 s", every: 20, median: 533, length: 36_500, ..CHOSEN },
    Choice {
        what: "latencies from when the client goes on",
        median: 532,
        length: 31_900,
        changes: &[("\"pauses\": {", "\"pauses\": {\n    \"operations_begin\": \"running\",")],
        ..CHOSEN
    },
    Choice {
        what: "reads forwarded to the first of the top N, section 4.5",
        median: 475,
        length: 27_400,
        changes: &[("\"read_coordinator\": \"receiver\"", "\"read_coordinator\": \"forward\"")],
        ..CHOSEN
    },
    Choice {
        what: "object buffers and one durable write of three, section 6.1, at 200 operations a \
               second",
        median: 499,
        length: 28_900,
        changes: &[
            ("\"flush\": { \"every\": \"1s\" }", "\"flush\": { \"buffered\": {} }"),
            (
                "\"write\": { \"exponential\": { \"mean\": \"100us\" } }",
                "\"write\": { \"exponential\": { \"mean\": \"8ms\" } }",
            ),
            ("\"poisson\": \"20/s\"", "\"poisson\": \"2/s\""),
        ],
        longer: 10,
        ..CHOSEN
    },
];

/// What the last two choices are, what was expected of them by calculation, and what came.
const EXPECTED: [&str; 4] = [
    "Forwarded reads: the paper says twice who coordinates a read that reaches a node outside the \
     top N: that node passes it on (section 4.5), or any node may do it (section 6.4, which both \
     models follow). Expected before the first run: a server-driven read then goes the way of a \
     write, so that both come out alike, as in the paper; steps are found about a fifth shorter, \
     so that both averages of clients fall further below the paper's; four processes pause in \
     place of three, so that the ratio of the read tails rises to about 2.3.",
    "Durable writes: by section 6.1 puts stay in an object buffer, but one of the N replicas \
     writes to its disk at once. All puts then reach the device, for 8 ms in the mean like a read \
     that misses the cache; the rate is a tenth, so that nothing queues for long, and runs are ten \
     times as long. Expected before the first run: a put waits for both of two replicas where it \
     waited for the faster two of three, which adds a quarter of a millisecond to each average of \
     writes, and brings those of clients to about 17 % below the paper's; tails hardly change.",
    "Forwarded reads, as it came: server-driven reads and writes are near each other, and the \
     ratios of both tails lie from 2.1 to 2.5; steps are a tenth shorter, not a fifth; the average \
     of client-driven writes falls to 35 % below the paper's, as feared.",
    "Durable writes, as it came: all six cells lie within 25 %, the average of client-driven \
     writes 23 % below the paper's; the ratio of the read tails, 1.97, stays below 2.1. The first \
     run had shown no longer writes of clients at all: none of their puts was told to be durable, \
     a mistake of the program that is mended. Neither rule of the paper makes all of its table \
     alone.",
];

impl Choice {
    /// A heading that tells what was found for it.
    pub fn heading(&self) -> String {
        let Choice { what, median, length, .. } = self;
        let milliseconds = f64::from(*length) / 1e3;
        format!(
            "Second model, but with {what} (found: steps of {median} us, pauses of \
             {milliseconds} ms)"
        )
    }

    /// The world of servers under this choice.
    pub fn servers(&self) -> String {
        let mut text = SERVER.to_string();
        let numbers = |choice: &Choice| {
            let Choice { every, median, length, .. } = choice;
            [format!("\"{every}s\""), format!("\"{median}us\""), format!("\"{length}us\"")]
        };
        for (found, other) in numbers(&CHOSEN).iter().zip(numbers(self)) {
            assert!(SERVER.contains(found), "the file has {found}");
            text = text.replace(found, &other);
        }
        for (from, to) in self.changes {
            assert!(text.contains(from), "the file has {from}");
            text = text.replace(from, to);
        }
        text
    }
}

/// What is assumed, for the page.
pub fn assumptions() -> Vec<String> {
    let of_second = |text: &&str| format!("Second model: {text}");
    FIXED.iter().map(of_second).collect()
}

/// What was expected of the choices that were formed last, for the page.
pub fn expected() -> Vec<String> {
    EXPECTED.map(str::to_string).to_vec()
}
