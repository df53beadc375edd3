//! The fate of a packet.

use crate::id::{Address, ClientId};
use crate::network::spec::{Between, Leg, Legs, Spec};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::random::source::Source;
use crate::time::Duration;

/// A network ready to decide.
#[derive(Clone, Debug)]
pub struct Network {
    /// Link classes: the general one first, then one for each stated pair of sites.
    classes: Vec<Class>,
    /// Class by the two sites; row and column 0 are for parties on no site.
    class_of: Vec<usize>,
    sites: usize,
    site_of_node: Vec<usize>,
    site_of_client: Vec<usize>,
    duplication: f64,
    reordering: Option<(f64, Sampler)>,
}

/// Links that behave alike.
#[derive(Clone, Debug)]
struct Class {
    /// By kind of leg.
    delays: [Sampler; Leg::ALL.len()],
    loss: f64,
}

/// What becomes of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fate {
    pub lost: bool,
    /// How long it travels if it is not lost.
    pub delay: Duration,
    /// How long a second copy travels, if the network makes one.
    pub copy: Option<Duration>,
}

impl Network {
    /// The network of a checked spec between so many nodes and clients.
    pub fn new(spec: &Spec, nodes: u32, clients: u32) -> Network {
        let names: Vec<&String> = spec.sites.keys().collect();
        let sites = names.len() + 1;
        let site =
            |name: &String| names.iter().position(|known| *known == name).map_or(0, |i| i + 1);
        let mut class_of = vec![0; sites * sites];
        let mut classes = vec![Class::general(spec)];
        for between in &spec.between {
            let [one, other] = [site(&between.sites[0]), site(&between.sites[1])];
            class_of[one * sites + other] = classes.len();
            class_of[other * sites + one] = classes.len();
            classes.push(Class::between(spec, between));
        }
        let site_of = |address: Address| {
            let holds = |(_, members): &(&String, &Vec<_>)| {
                members.iter().any(|span: &crate::id::Span| span.contains(address))
            };
            spec.sites.iter().find(holds).map_or(0, |(name, _)| site(name))
        };
        let reorder =
            |r: &crate::network::spec::Reordering| (r.probability, Sampler::new(&r.delay));
        Network {
            classes,
            class_of,
            sites,
            site_of_node: (0..nodes)
                .map(|n| site_of(Address::Node(crate::id::NodeId(n))))
                .collect(),
            site_of_client: (0..clients)
                .map(|c| site_of(Address::Client(crate::id::ClientId(c))))
                .collect(),
            duplication: spec.duplication,
            reordering: spec.reordering.as_ref().map(reorder),
        }
    }

    /// A client is at this of the sites from now on, in the order of their names.
    pub fn place(&mut self, client: ClientId, site: Option<usize>) {
        self.site_of_client[client.index()] = site.map_or(0, |site| site + 1);
    }

    /// The fate of the packet that luck knows as `which` on the link from one party to another.
    pub fn fate(&self, luck: &Luck, from: Address, to: Address, leg: Leg, which: u64) -> Fate {
        let class = &self.classes[self.class_of[self.site(from) * self.sites + self.site(to)]];
        let who = link(from, to);
        let sampler = &class.delays[leg as usize];
        let mut delay = sampler.sample(&mut luck.draw(Purpose::Delay, who, which));
        let chance =
            |purpose, share: f64| share > 0.0 && luck.draw(purpose, who, which).chance(share);
        if let Some((share, held_back)) = &self.reordering {
            let mut draw = luck.draw(Purpose::Reorder, who, which);
            if draw.chance(*share) {
                delay = delay + held_back.sample(&mut draw);
            }
        }
        let twice = chance(Purpose::Duplicate, self.duplication);
        let copy = || sampler.sample(&mut luck.draw(Purpose::DuplicateDelay, who, which));
        Fate { lost: chance(Purpose::Loss, class.loss), delay, copy: twice.then(copy) }
    }

    /// How long a second copy travels that something else than the network makes.
    pub fn copy_delay(
        &self,
        luck: &Luck,
        from: Address,
        to: Address,
        leg: Leg,
        which: u64,
    ) -> Duration {
        let class = &self.classes[self.class_of[self.site(from) * self.sites + self.site(to)]];
        let mut draw = luck.draw(Purpose::DuplicateDelay, link(from, to), which);
        class.delays[leg as usize].sample(&mut draw)
    }

    fn site(&self, address: Address) -> usize {
        match address {
            Address::Node(node) => self.site_of_node[node.index()],
            Address::Client(client) => self.site_of_client[client.index()],
        }
    }
}

/// The name by which luck knows a link, in one direction.
pub fn link(from: Address, to: Address) -> u64 {
    from.number().rotate_left(32) ^ to.number().wrapping_mul(0x9e37_79b9)
}

impl Class {
    fn general(spec: &Spec) -> Class {
        let delay = |leg| Sampler::new(spec.legs.of(leg).unwrap_or(&spec.latency));
        Class { delays: Leg::ALL.map(delay), loss: spec.loss }
    }

    fn between(spec: &Spec, between: &Between) -> Class {
        let own = |legs: &Legs, leg| legs.of(leg).cloned();
        let delay = |leg| {
            let stated = own(&between.legs, leg).or_else(|| between.latency.clone());
            let general = || own(&spec.legs, leg).unwrap_or_else(|| spec.latency.clone());
            Sampler::new(&stated.unwrap_or_else(general))
        };
        Class { delays: Leg::ALL.map(delay), loss: between.loss.unwrap_or(spec.loss) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ClientId, NodeId, Span};
    use crate::random::distribution::Distribution;

    fn node(number: u32) -> Address {
        Address::Node(NodeId(number))
    }

    fn constant(milliseconds: u64) -> Distribution {
        Distribution::Constant(Duration::from_millis(milliseconds))
    }

    #[test]
    fn the_most_special_delay_applies() {
        let spec = Spec {
            latency: constant(1),
            legs: Legs { write: Some(constant(2)), ..Legs::default() },
            sites: [("east", "n0..n1"), ("west", "n2..n3")]
                .map(|(name, members)| (name.to_string(), vec![Span::parse(members).unwrap()]))
                .into(),
            between: vec![Between {
                sites: ["west".to_string(), "east".to_string()],
                latency: Some(constant(30)),
                legs: Legs { read: Some(constant(40)), ..Legs::default() },
                loss: None,
            }],
            ..Spec::default()
        };
        let network = Network::new(&spec, 5, 1);
        let luck = Luck::new(1);
        let delay = |from, to, leg| network.fate(&luck, from, to, leg, 7).delay.millis();
        assert_eq!(delay(node(0), node(1), Leg::Other), 1.0);
        assert_eq!(delay(node(0), node(1), Leg::Write), 2.0);
        assert_eq!(delay(node(0), node(2), Leg::Write), 30.0);
        assert_eq!(delay(node(3), node(1), Leg::Read), 40.0);
        assert_eq!(delay(node(3), node(4), Leg::Read), 1.0);
        assert_eq!(delay(Address::Client(ClientId(0)), node(4), Leg::Other), 1.0);
    }

    #[test]
    fn loss_and_copies_come_at_their_rates() {
        let spec = Spec { loss: 0.1, duplication: 0.02, ..Spec::default() };
        let network = Network::new(&spec, 2, 0);
        let luck = Luck::new(3);
        let fates: Vec<Fate> = (0..20_000)
            .map(|which| network.fate(&luck, node(0), node(1), Leg::Other, which * 77))
            .collect();
        let lost = fates.iter().filter(|fate| fate.lost).count();
        let copied = fates.iter().filter(|fate| fate.copy.is_some()).count();
        assert!((1_850..2_150).contains(&lost), "{lost}");
        assert!((340..460).contains(&copied), "{copied}");
        let same = network.fate(&luck, node(0), node(1), Leg::Other, 77);
        assert_eq!(same, fates[1], "the same packet meets the same fate");
        let back = network.fate(&luck, node(1), node(0), Leg::Other, 77);
        assert_ne!(back.delay, same.delay, "the two directions have luck of their own");
    }

    #[test]
    fn reordering_holds_a_share_back() {
        let reordering =
            crate::network::spec::Reordering { probability: 0.25, delay: constant(50) };
        let spec = Spec { latency: constant(1), reordering: Some(reordering), ..Spec::default() };
        let network = Network::new(&spec, 2, 0);
        let luck = Luck::new(3);
        let late = (0..4_000)
            .map(|which| network.fate(&luck, node(0), node(1), Leg::Ack, which).delay)
            .filter(|delay| *delay == Duration::from_millis(51))
            .count();
        assert!((900..1_100).contains(&late), "{late}");
    }
}
