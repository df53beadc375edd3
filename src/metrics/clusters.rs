//! Logically partitioned rings (section 4.8.1): members that believe in rings without each other,
//! and how long it takes until they believe in one.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::ring::history::History;
use crate::id::NodeId;
use crate::time::{Duration, Time};

/// Follows what each member believes. A member that is down believes what is on its disk.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// By member, the fingerprint of its belief.
    beliefs: BTreeMap<NodeId, u64>,
    /// By fingerprint, the belief and how many hold it.
    held: BTreeMap<u64, (Rc<History>, u32)>,
    most: u64,
    /// Since when there have been several clusters.
    parted: Option<Time>,
    /// When several became one, and not all believe the same yet.
    met: Option<Time>,
    /// How long there were several, but for those that there are now.
    apart: Duration,
    longest_merge: Option<Duration>,
}

impl Clusters {
    /// A node has started, or believes in another membership from now on.
    pub fn believes(&mut self, now: Time, node: NodeId, history: &Rc<History>) {
        // Who is not on the ring that it believes in is no member.
        let belief = history.is_member(node).then(|| history.membership());
        let before = match belief {
            Some(belief) => self.beliefs.insert(node, belief),
            None => self.beliefs.remove(&node),
        };
        if before == belief {
            return;
        }
        let dropped = before.is_some_and(|belief| self.drop_one(belief));
        if belief.is_some_and(|belief| self.add_one(belief, history)) || dropped {
            self.look(now);
        }
    }

    /// Has this belief not been held by anybody before?
    fn add_one(&mut self, belief: u64, history: &Rc<History>) -> bool {
        let (_, holders) = self.held.entry(belief).or_insert_with(|| (Rc::clone(history), 0));
        *holders += 1;
        *holders == 1
    }

    /// Does nobody hold this belief any more?
    fn drop_one(&mut self, belief: u64) -> bool {
        let (_, holders) = self.held.get_mut(&belief).expect("somebody held it");
        *holders -= 1;
        let gone = *holders == 0;
        if gone {
            self.held.remove(&belief);
        }
        gone
    }

    fn look(&mut self, now: Time) {
        let clusters = self.count();
        self.most = self.most.max(clusters);
        match (clusters > 1, self.parted) {
            (true, None) => {
                self.parted = Some(now);
                self.met = None;
            }
            (false, Some(since)) => {
                self.apart = self.apart + now.since(since);
                self.parted = None;
                self.met = Some(now);
            }
            (true, Some(_)) | (false, None) => {}
        }
        if let Some(met) = self.met.filter(|_| self.held.len() == 1) {
            self.longest_merge = self.longest_merge.max(Some(now.since(met)));
            self.met = None;
        }
    }

    /// How many groups of beliefs there are that have no member in common with any other.
    fn count(&self) -> u64 {
        let mut groups: Vec<Vec<&History>> = Vec::new();
        for (history, _) in self.held.values() {
            let meets = |group: &Vec<&History>| group.iter().any(|it| have_common(it, history));
            let (met, mut others): (Vec<_>, Vec<_>) = groups.into_iter().partition(meets);
            let own: &History = history;
            others.push(met.into_iter().flatten().chain([own]).collect());
            groups = others;
        }
        groups.len() as u64
    }

    /// Most clusters at one moment.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// How long there was more than one.
    pub fn apart(&self, now: Time) -> Duration {
        let still = self.parted.map_or(Duration::ZERO, |since| now.since(since));
        self.apart + still
    }

    /// The longest from the moment at which several became one until all believed the same.
    pub fn merged_after(&self) -> Option<Duration> {
        self.longest_merge
    }
}

/// Is anybody on both rings?
fn have_common(one: &History, other: &History) -> bool {
    one.members().iter().any(|member| other.is_member(*member))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::ring::history::Change;

    fn ring(members: &[u32]) -> Rc<History> {
        let founder = |node: &u32| (NodeId(*node), Change::founder([u128::from(*node)].into()));
        Rc::new(History::new(members.iter().map(founder).collect()))
    }

    /// At each second one node believes in a ring of these; what it comes to.
    fn follow(told: &[(u32, &[u32])]) -> (u64, f64, Option<f64>) {
        let mut clusters = Clusters::default();
        for (second, (node, members)) in (0..).zip(told) {
            let now = Time::ZERO + Duration::from_secs(second);
            clusters.believes(now, NodeId(*node), &ring(members));
        }
        let end = Time::ZERO + Duration::from_secs(told.len() as u64);
        let merged = clusters.merged_after().map(Duration::seconds);
        (clusters.most(), clusters.apart(end).seconds(), merged)
    }

    #[test]
    fn rings_without_a_common_member_are_apart_until_they_share_one() {
        assert_eq!(follow(&[(0, &[0, 1]), (1, &[0, 1])]), (1, 0.0, None));
        // A join: the rings differ for a while and were never apart.
        assert_eq!(follow(&[(0, &[0, 1]), (1, &[0, 1]), (2, &[0, 1, 2])]), (1, 0.0, None));
        // Apart from second 1 to 4, and of one mind at 6.
        let both: &[u32] = &[0, 1, 2];
        let merge = [(0, &[0, 1][..]), (2, &[2]), (1, &[0, 1]), (1, &[0, 1]), (0, both)];
        assert_eq!(follow(&merge), (2, 3.0, None));
        let merge: Vec<_> = merge.into_iter().chain([(2, both), (1, both)]).collect();
        assert_eq!(follow(&merge), (2, 3.0, Some(2.0)));
        // One that ties two others together makes one cluster of the three.
        assert_eq!(follow(&[(0, &[0]), (2, &[2]), (1, both), (1, both)]), (2, 1.0, None));
        // A node that leaves is no member of a ring of its own.
        assert_eq!(follow(&[(0, &[0]), (1, &[1]), (1, &[0]), (0, &[0])]), (2, 1.0, Some(0.0)));
    }
}
