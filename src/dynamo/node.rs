//! A node: its parts and a switchboard. No decision is made here.

mod asked;
mod clients;
mod hints;
mod local;
mod orders;
mod ranges;
mod watching;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::admission::Admission;
use crate::dynamo::anti_entropy::Synchronisation;
use crate::dynamo::config::Cluster;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::coordination::{Coordination, Scene, Silent};
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::handoff::HintDelivery;
use crate::dynamo::handoff::carrying::Carrying;
use crate::dynamo::handoff::giving::Giving;
use crate::dynamo::handoff::refill::Refill;
use crate::dynamo::job::Job;
use crate::dynamo::membership::detector::Detector;
use crate::dynamo::membership::gossip::Gossip;
use crate::dynamo::membership::watch::Watch;
use crate::dynamo::message::{Message, Ticket, ToCoordinator};
use crate::dynamo::reaping::Reaper;
use crate::dynamo::replica::Replica;
use crate::dynamo::replica::names::name_of_life;
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::ring::range::Ranges;
use crate::dynamo::ring::strategy::Placement;
use crate::dynamo::storage::disk::{Disk, Loss};
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::{NodeCtx, NodeWords};
use crate::id::{Address, AttemptId, Key, NodeId};
use crate::process::{Input, Process};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;

/// A running storage node. Everything but the disk is lost when it stops.
#[derive(Debug)]
pub struct Node {
    config: Rc<Cluster>,
    view: View,
    disk: Disk,
    replica: Replica,
    coordination: Coordination,
    handoff: Option<HintDelivery>,
    anti_entropy: Option<Synchronisation>,
    gossip: Gossip,
    detector: Detector,
    /// Only where evidence is looked for that the paper does without.
    watch: Option<Watch>,
    giving: Giving,
    carrying: Carrying,
    refill: Refill,
    /// Ranges that are about to become this node's own, each with who gives it.
    expected: Ranges,
    /// Deliveries that were passed on to the new home of a range, each with who waits for it.
    relayed: BTreeMap<(NodeId, Key, u64), NodeId>,
    /// Large and rare: it is not in the way of those who do without.
    admission: Option<Box<Admission>>,
    reaper: Reaper,
}

/// What makes a node this node and not another.
#[derive(Clone, Debug)]
pub struct Identity {
    pub me: NodeId,
    /// How many times it has started before.
    pub life: u32,
    pub config: Rc<Cluster>,
    pub placement: Rc<Placement>,
}

impl Node {
    /// Starts a node from its disk.
    pub fn boot(identity: Identity, mut disk: Disk, luck: &Luck) -> Node {
        let Identity { me, life, config, placement } = identity;
        let who = u64::from(me.0);
        let rhythm = |purpose, interval| Rhythm::new(luck, purpose, who, interval);
        let handoff = config.hinted_handoff.on().map(|settings| {
            let beat = rhythm(Purpose::HandoffPhase, settings.scan_interval);
            let mut delivery = HintDelivery::new(settings.clone(), beat, config.planted);
            delivery.note_first(&disk.history);
            delivery
        });
        let anti_entropy = config.anti_entropy.on().map(|settings| {
            let beat = rhythm(Purpose::AntiEntropyPhase, settings.interval);
            let values = config.admission.on().map(|admission| admission.values as usize);
            Synchronisation::new(settings.clone(), beat, values)
        });
        let beat = rhythm(Purpose::GossipPhase, config.gossip.interval);
        let beat = if config.gossip.in_step { beat.in_step() } else { beat };
        disk.store.start(me, config.planted);
        let view = View::new(me, Rc::clone(&disk.history), placement);
        let replica = Replica::new(me, name_of_life(&config, &disk, life), &config);
        let mut node = Node {
            view,
            disk,
            replica,
            coordination: Coordination::new(life),
            handoff,
            anti_entropy,
            gossip: Gossip::new(config.gossip.clone(), beat, config.planted),
            detector: Detector::new(config.failure_detection.clone(), config.planted),
            watch: Watch::new(&config.failure_detection.by, me, luck),
            giving: Giving::new(config.range_transfer.clone(), life, config.planted),
            carrying: Carrying::new(config.range_transfer.clone()),
            refill: Refill::new(config.range_transfer.clone()),
            expected: Ranges::default(),
            relayed: BTreeMap::new(),
            admission: config.admission.on().map(|on| Box::new(Admission::new(on.clone()))),
            reaper: Reaper::default(),
            config,
        };
        node.cut_trees();
        node
    }

    /// Stops at once. Only the disk is left; what was in memory only is lost.
    pub fn crash(mut self) -> (Disk, Loss) {
        let mut loss = self.replica.crash(&mut self.disk);
        if self.config.planted.is(Plant::HintMemoryOnly) {
            loss.hints.extend(self.disk.hints.wipe().into_iter().map(|hint| (Some(hint), None)));
        }
        (self.disk, loss)
    }

    /// The disk, for the census at the end of a run.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// The disk, for a device that works worse than the node knows.
    pub fn disk_mut(&mut self) -> &mut Disk {
        &mut self.disk
    }

    /// A copy, or a hint for somebody, turns out to be unreadable.
    pub fn lose(&mut self, key: Key, target: Option<NodeId>) -> Loss {
        self.replica.forget(key, target);
        self.disk.lose(key, target)
    }

    /// Attempts of clients that it works on: the answer to each is still due, from it or from
    /// whoever was handed the request and has not confirmed.
    pub fn under_way(&self) -> impl Iterator<Item = AttemptId> + '_ {
        self.coordination.under_way()
    }

    /// The belief, for stories and the census.
    pub fn view(&self) -> &View {
        &self.view
    }

    fn on_start(&mut self, ctx: &mut NodeCtx<'_>) {
        for change in self.disk.store.scan() {
            ctx.tell(|| Fact::Lost { change });
        }
        self.tell_belief(ctx);
        ctx.tell(|| Fact::Believes { history: Rc::clone(self.view.history()) });
        self.gossip.start(ctx, &self.view);
        self.start_watch(ctx);
        self.replica.start(ctx, &self.config);
        Reaper::start(ctx, &self.config, &self.disk.store);
        let forgets = self.config.planted.is(Plant::HintNotRescheduledAfterRestart);
        if let Some(handoff) = &self.handoff
            && (!forgets || self.disk.hints.is_empty())
        {
            handoff.start(ctx);
        }
        if let Some(anti_entropy) = &self.anti_entropy {
            anti_entropy.start(ctx);
        }
        if let Some(admission) = &self.admission {
            admission.start(ctx);
        }
        self.settle_ranges(ctx);
    }

    fn on_message(&mut self, ctx: &mut NodeCtx<'_>, from: Address, message: Message) {
        let Address::Node(peer) = from else {
            return self.on_client_message(ctx, from, message);
        };
        if self.view.suspects_anybody() && message.kind().is_answer() {
            self.on_sign_of_life(ctx, peer);
        }
        match message {
            Message::Membership(message) => self.on_membership(ctx, peer, message),
            Message::Moving(message) => self.on_moving(ctx, peer, *message),
            Message::Handoff(message) => self.on_handoff(ctx, peer, message),
            // A node that does not know its place yet can do nothing else.
            _unfit if self.view.ring().is_none() => {}
            Message::Request(request) => self.on_request(ctx, request),
            Message::Replica(message) => self.on_replica(ctx, from, message),
            Message::Coordinator(answer) => self.on_answer(ctx, peer, answer),
            Message::AntiEntropy(message) => self.on_synchronisation(ctx, peer, *message),
            Message::Reaping(message) => {
                let held = (&self.view, &self.disk.store);
                self.reaper.on_message(ctx, &self.config, held, peer, message);
            }
            Message::Reply(_) => unreachable!("nodes reply to clients only"),
        }
    }

    fn on_answer(&mut self, ctx: &mut NodeCtx<'_>, from: NodeId, answer: ToCoordinator) {
        let Some(ring) = self.view.ring() else { return };
        let scene = Scene { config: &self.config, view: &self.view, ring };
        self.coordination.on_answer(ctx, scene, from, answer);
    }

    fn on_timer(&mut self, ctx: &mut NodeCtx<'_>, timer: Timer) {
        match timer {
            Timer::Forward => self.on_forward_due(ctx),
            Timer::GetReplicas | Timer::PutReplicas => {
                while let Some(silent) = self.next_overdue(ctx, timer) {
                    for peer in silent {
                        self.on_silence(ctx, peer);
                    }
                }
            }
            Timer::GetEnd(ticket) => self.on_get_end(ctx, ticket),
            Timer::PutEnd => self.on_put_end(ctx),
            Timer::HandoffScan => {
                self.retarget_hints(ctx);
                self.drop_old_hints(ctx);
                if let Some(part) = &mut self.handoff {
                    part.on_scan(ctx, &self.view, &self.disk.hints);
                }
            }
            Timer::Delivery { target, key, scan } => {
                let silent = self.handoff.as_mut().and_then(|part| part.on_due(target, key, scan));
                // One that controls its background work may be busy with better.
                if let Some(peer) = silent.filter(|_| self.admission.is_none()) {
                    self.on_silence(ctx, peer);
                }
            }
            Timer::AntiEntropy => self.on_anti_entropy(ctx),
            Timer::Gossip => {
                self.gossip.on_round(ctx, &self.view);
                self.repeat_leaves(ctx);
            }
            Timer::Probe { peer, serial, count } => {
                self.detector.on_probe(ctx, &self.view, (peer, serial, count));
            }
            Timer::Watch(due) => self.on_watch_due(ctx, due),
            Timer::Flush => self.on_flush_due(ctx),
            Timer::Giving => self.giving.on_due(ctx, &mut self.disk),
            Timer::Carrying => self.on_carrying_due(ctx),
            Timer::Refill => self.refill.on_due(ctx, &self.view, &mut self.disk),
            Timer::Admission | Timer::Slice => self.on_admission(ctx, timer),
            Timer::Reap { key, digest } => {
                let world = (&*self.config, &self.view, &self.disk.store);
                self.reaper.on_due(ctx, world, (key, digest));
            }
        }
    }

    /// Peers that have left the next request unanswered for too long; none once all such requests
    /// have been looked at.
    fn next_overdue(&mut self, ctx: &mut NodeCtx<'_>, timer: Timer) -> Option<Silent> {
        let ring = self.view.last_ring()?;
        let scene = Scene { config: &self.config, view: &self.view, ring };
        match timer {
            Timer::GetReplicas => self.coordination.gets.next_overdue(ctx, scene),
            Timer::PutReplicas => self.coordination.puts.next_overdue(ctx, scene),
            _other => unreachable!("only requests wait for replicas"),
        }
    }

    fn on_forward_due(&mut self, ctx: &mut NodeCtx<'_>) {
        let Some(ring) = self.view.last_ring().map(Rc::clone) else { return };
        while let Some((forward, node)) = self.coordination.forwards.next_overdue(ctx) {
            // Believed down first, so that whoever goes on passes it over.
            self.on_silence(ctx, node);
            let scene = Scene { config: &self.config, view: &self.view, ring: &ring };
            self.coordination.go_on(ctx, scene, forward);
        }
    }

    fn on_get_end(&mut self, ctx: &mut NodeCtx<'_>, ticket: Ticket) {
        let Some(ring) = self.view.last_ring() else { return };
        let scene = Scene { config: &self.config, view: &self.view, ring };
        self.coordination.gets.on_end(ctx, scene, ticket);
    }

    fn on_put_end(&mut self, ctx: &mut NodeCtx<'_>) {
        let Some(ring) = self.view.last_ring() else { return };
        let scene = Scene { config: &self.config, view: &self.view, ring };
        self.coordination.puts.on_end(ctx, scene);
    }

    fn on_done(&mut self, ctx: &mut NodeCtx<'_>, job: Job) {
        let written = job.writes();
        self.finish(ctx, job);
        if let Some((key, None)) = written {
            self.on_written(ctx, key);
        }
    }

    fn finish(&mut self, ctx: &mut NodeCtx<'_>, job: Job) {
        let (config, disk) = (&*self.config, &mut self.disk);
        if let Some(place) = self.replica.writes_around_buffer(&job) {
            self.replica.writes_to_disk(disk, place);
        }
        match job {
            Job::Fetch { to, ticket, attempt, key, since } => {
                if let Some(admission) = &mut self.admission {
                    admission.observe(ctx, since);
                }
                self.replica.fetched(ctx, config, disk, (to, ticket, attempt, key));
            }
            Job::Write { .. } => self.replica.write(ctx, config, disk, job),
            Job::Store { .. } => self.replica.store(ctx, config, disk, job),
            Job::Repair { key, set } => {
                self.replica.keep(ctx, config, disk, (key, set), Cause::ReadRepair);
            }
            Job::Synchronise { key, set } => {
                self.replica.keep(ctx, config, disk, (key, set), Cause::AntiEntropy);
            }
            Job::Accept { .. } => self.replica.accept(ctx, config, disk, job),
            Job::ReadHint { target, scan, key } => self.on_hint_read(ctx, (target, scan, key)),
            Job::DropHint { .. } => self.replica.drop_hint(ctx, disk, job),
            Job::ReadKeys(read) => {
                if let Some(part) = &self.anti_entropy {
                    part.on_read(ctx, &disk.store, *read);
                }
            }
            Job::WriteBack { key, target, set } => {
                self.replica.written_back(ctx, disk, ((key, target), set));
            }
            Job::Reap { key, digest } => self.replica.reap(ctx, config, disk, (key, digest)),
            Job::Flush => self.replica.flushed(ctx, config, disk),
            Job::ReadRange(read) => self.giving.on_read(ctx, disk, *read),
            Job::ReadAsked(read) => self.refill.on_read(ctx, disk, *read),
            Job::Receive(received) => self.on_received(ctx, *received),
            Job::Passed(pass) => self.replica.pass(ctx, config, disk, *pass),
        }
    }
}

impl Node {
    /// What the disk could not do is answered with nothing: whoever waits gives up in its time, and
    /// a stand-in or a later round does the rest. Only what this node does for itself goes on.
    fn on_failed(&mut self, ctx: &mut NodeCtx<'_>, job: Job) {
        match job {
            Job::Flush => self.replica.start(ctx, &self.config),
            Job::WriteBack { .. } => self.replica.not_written_back(),
            Job::ReadHint { target, scan, key } => {
                // Tried again at a later scan; the target is not to blame.
                let _blameless = self.handoff.as_mut().and_then(|h| h.on_due(target, key, scan));
            }
            // Else this home would give the tombstone back to those who have dropped it, again and
            // again.
            Job::Reap { key, digest } => Reaper::on_failed(ctx, key, digest),
            Job::Fetch { .. } | Job::ReadKeys(_) => {}
            // What moves is read, sent or asked for again in time.
            Job::ReadRange(_) | Job::ReadAsked(_) | Job::Receive(_) | Job::Passed(_) => {}
            Job::Write { .. } | Job::Store { .. } | Job::Accept { .. } => {}
            Job::Repair { .. } | Job::Synchronise { .. } | Job::DropHint { .. } => {}
        }
    }
}

impl Process for Node {
    type Words = NodeWords;

    fn handle(&mut self, ctx: &mut NodeCtx<'_>, input: Input<NodeWords>) {
        match input {
            // What it lets through has been at the gate.
            Input::Timer(Timer::Slice) => return self.on_admission(ctx, Timer::Slice),
            Input::Start => self.on_start(ctx),
            Input::Message { from, message } => self.on_message(ctx, from, message),
            Input::Timer(timer) => self.on_timer(ctx, timer),
            Input::Done(job) => self.on_done(ctx, job),
            Input::Failed(job) => self.on_failed(ctx, job),
        }
        if let Some(admission) = &mut self.admission {
            admission.gate(ctx);
        }
    }
}
