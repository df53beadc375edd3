//! The vocabulary of a node: one page each for messages, timers, jobs and facts.

use crate::dynamo::fact::Fact;
use crate::dynamo::job::Job;
use crate::dynamo::message::Message;
use crate::dynamo::timer::Timer;
use crate::process::{Ctx, Vocabulary};

/// The words of a storage node.
#[derive(Debug)]
pub struct NodeWords;

impl Vocabulary for NodeWords {
    type Message = Message;
    type Timer = Timer;
    type Job = Job;
    type Fact = Fact;
}

/// What a node's parts work with.
pub type NodeCtx<'a> = Ctx<'a, NodeWords>;
