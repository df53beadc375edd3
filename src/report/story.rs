//! What happened to one operation, a sentence for each record that is about it.

use crate::dynamo::fact::Fact;
use crate::dynamo::fact::members::MemberFact;
use crate::id::{AttemptId, OperationId};
use crate::report::history::name;
use crate::report::trace::attempt_of;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::workload::words::{ClientFact, OperationResult};

/// Listens for one operation.
#[derive(Debug)]
pub struct Story {
    operation: OperationId,
    told: Vec<(Time, String)>,
}

impl Story {
    /// Of this operation.
    pub fn of(operation: OperationId) -> Story {
        Story { operation, told: Vec::new() }
    }

    /// When, and what, in order.
    pub fn told(self) -> Vec<(Time, String)> {
        self.told
    }

    fn tell(&self, record: &Record<'_>) -> Option<String> {
        let own = |attempt: &AttemptId| attempt.operation == self.operation;
        let about = |message| attempt_of(message).as_ref().is_some_and(own);
        match record {
            Record::Sent { from, to, message, .. } if about(message) => {
                Some(format!("{from} sends {} to {to}", message.kind().name()))
            }
            Record::Delivered { from, to, message, .. } if about(message) => {
                Some(format!("{to} gets {} from {from}", message.kind().name()))
            }
            Record::Dropped { from, to, message, cause, .. } if about(message) => {
                let (kind, cause) = (message.kind().name(), cause.name());
                Some(format!("{kind} from {from} to {to} does not arrive ({cause})"))
            }
            Record::Node { node, fact } => self.of_store(&node.to_string(), fact),
            Record::Client { client, fact } => self.of_client(&client.to_string(), fact),
            _other => None,
        }
    }

    fn of_store(&self, who: &str, fact: &Fact) -> Option<String> {
        let (attempt, what) = match fact {
            Fact::Made { attempt, .. } => (*attempt, "makes the new version".to_string()),
            Fact::Recognised { attempt } => (*attempt, "knows the write already".to_string()),
            Fact::Counted(counted) => {
                let what = format!("has enough answers with {}", counted.count);
                (counted.request.attempt, what)
            }
            Fact::GivenUp(request) => (request.attempt, "gives up: too few answers".to_string()),
            Fact::Forwarded { attempt, .. } => (*attempt, "hands the request on".to_string()),
            Fact::Member(MemberFact::PassedOn { attempt: Some(attempt), to, .. }) => {
                (*attempt, format!("passes the request on to {to}"))
            }
            _other => return None,
        };
        (attempt.operation == self.operation).then(|| format!("{who} {what}"))
    }

    fn of_client(&self, who: &str, fact: &ClientFact) -> Option<String> {
        match fact {
            ClientFact::Invoked(it) if it.operation == self.operation => {
                Some(format!("{who} begins a {} of {}", name(it.function), it.key))
            }
            ClientFact::Retried { attempt, to } if attempt.operation == self.operation => {
                Some(format!("{who} tries again at {to}"))
            }
            ClientFact::Misrouted { attempt } if attempt.operation == self.operation => {
                Some(format!("{who} learns that it asked no home"))
            }
            ClientFact::Coordinated(fact) => self.of_store(who, fact),
            ClientFact::Ended(it) if it.operation == self.operation => {
                let how = match &it.result {
                    OperationResult::Ok { .. } => "has its answer",
                    OperationResult::Failed => "is told that it failed",
                    OperationResult::Unknown => "does not know what became of it",
                };
                Some(format!("{who} {how}"))
            }
            _other => None,
        }
    }
}

impl Observer for Story {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.told.extend(self.tell(record).map(|told| (now, told)));
    }
}
