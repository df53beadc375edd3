//! What a client sets out to do: one or two operations on one key.

use crate::random::source::Source;
use crate::workload::spec::Mix;
use crate::workload::words::Function;

/// What a client wants with a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intent {
    /// Read it.
    Get,
    /// Read it, write it with the context of that read.
    Put,
    /// Write it without a context.
    Blind,
    /// Read it, delete it with the context of that read.
    Delete,
    /// Read a cart, put one new item in.
    Add,
    /// Read a cart, take one item out.
    Remove,
}

/// A mix ready to be drawn from.
#[derive(Clone, Debug)]
pub struct IntentSampler {
    /// Weights summed up, with what they stand for.
    steps: Vec<(f64, Intent)>,
}

impl Intent {
    /// All of them with their names, as in `workload.mix`.
    pub const NAMES: [(&str, Intent); 6] = [
        ("get", Intent::Get),
        ("put", Intent::Put),
        ("blind", Intent::Blind),
        ("delete", Intent::Delete),
        ("add", Intent::Add),
        ("remove", Intent::Remove),
    ];

    /// The first operation of this intent.
    pub fn first(self) -> Function {
        match self {
            Intent::Get | Intent::Put | Intent::Delete | Intent::Add | Intent::Remove => {
                Function::Get
            }
            Intent::Blind => Function::Put,
        }
    }

    /// The operation that follows a successful read, if any.
    pub fn second(self) -> Option<Function> {
        match self {
            Intent::Get | Intent::Blind => None,
            Intent::Put | Intent::Add | Intent::Remove => Some(Function::Put),
            Intent::Delete => Some(Function::Delete),
        }
    }
}

impl IntentSampler {
    /// The sampler of a checked mix.
    pub fn new(mix: &Mix) -> IntentSampler {
        let weights = [
            (mix.get, Intent::Get),
            (mix.put, Intent::Put),
            (mix.blind, Intent::Blind),
            (mix.delete, Intent::Delete),
            (mix.add, Intent::Add),
            (mix.remove, Intent::Remove),
        ];
        let mut sum = 0.0;
        let mut steps = Vec::new();
        for (weight, intent) in weights.into_iter().filter(|(weight, _)| *weight > 0.0) {
            sum += weight;
            steps.push((sum, intent));
        }
        IntentSampler { steps }
    }

    /// Draws an intent.
    pub fn sample(&self, source: &mut impl Source) -> Intent {
        let (total, last) = *self.steps.last().expect("a checked mix has some weight");
        let point = source.unit() * total;
        self.steps.iter().find(|(sum, _)| point < *sum).map_or(last, |(_, intent)| *intent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;

    #[test]
    fn intents_come_by_weight() {
        let sampler = IntentSampler::new(&Mix { get: 3.0, delete: 1.0, ..Mix::default() });
        let mut stream = Luck::new(2).stream(Purpose::OperationChoice, 0);
        let drawn: Vec<Intent> = (0..10_000).map(|_| sampler.sample(&mut stream)).collect();
        let gets = drawn.iter().filter(|intent| **intent == Intent::Get).count();
        assert!((7_300..7_700).contains(&gets), "{gets}");
        assert!(drawn.iter().all(|i| matches!(i, Intent::Get | Intent::Delete)));
    }
}
