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
    /// Do latencies begin when the client goes on?
    running: bool,
}

/// The choice that is held to the bar, as it stands in the file.
pub const CHOSEN: Choice =
    Choice { what: "pauses every 10 s", every: 10, median: 526, length: 28_700, running: false };

/// Choices that are only shown.
pub const OTHERS: [Choice; 3] = [
    Choice { what: "pauses every 5 s", every: 5, median: 504, length: 23_500, ..CHOSEN },
    Choice { what: "pauses every 20 s", every: 20, median: 533, length: 36_500, ..CHOSEN },
    Choice {
        what: "latencies from when the client goes on",
        median: 532,
        length: 31_900,
        running: true,
        ..CHOSEN
    },
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
        let begin = "\"pauses\": {\n    \"operations_begin\": \"running\",";
        if self.running { text.replace("\"pauses\": {", begin) } else { text }
    }
}

/// What is assumed, for the page.
pub fn assumptions() -> Vec<String> {
    let of_second = |text: &&str| format!("Second model: {text}");
    FIXED.iter().map(of_second).collect()
}
