//! Two workloads that any event kernel can run; both return a hash over what happened and when.

// Not every benchmark runs both.
#![allow(dead_code)]

use super::Kernel;

/// xoshiro256++ (D. Blackman and S. Vigna), seeded by SplitMix64.
struct Generator([u64; 4]);

impl Generator {
    fn new(seed: u64) -> Generator {
        let word = |n: u64| {
            let z = seed.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Generator([word(1), word(2), word(3), word(4)])
    }

    #[inline]
    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    #[inline]
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// Nanoseconds with the given mean.
    #[inline]
    fn exponential(&mut self, mean: f64) -> u64 {
        let unit = ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        (-mean * libm::log(unit)) as u64
    }
}

#[inline]
fn fold(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
}

/// A message of 48 bytes.
#[derive(Clone, Copy)]
pub struct Hop {
    to: u32,
    number: u64,
    _payload: [u64; 4],
}

/// PHOLD: `processes` processes with one pending event each; an event touches the 64 bytes of its
/// process and sends one event to a random process after a delay of 1 s on average. The clock runs
/// over `events` of them, after as many as there are processes to warm up.
pub fn phold<K: Kernel<Hop>>(processes: u32, events: u64, start: impl FnOnce()) -> u64 {
    let mut generator = Generator::new(1);
    let mut states = vec![[0u64; 8]; processes as usize];
    let mut kernel = K::new();
    for to in 0..processes {
        kernel.push(generator.exponential(1e9), Hop { to, number: 0, _payload: [0; 4] });
    }
    let mut hash = run_phold(&mut kernel, &mut generator, &mut states, u64::from(processes));
    start();
    hash = fold(hash, run_phold(&mut kernel, &mut generator, &mut states, events));
    hash
}

fn run_phold<K: Kernel<Hop>>(
    kernel: &mut K,
    generator: &mut Generator,
    states: &mut [[u64; 8]],
    events: u64,
) -> u64 {
    let mut hash = 0;
    for _ in 0..events {
        let Some((now, hop)) = kernel.pop() else { return hash };
        let state = &mut states[hop.to as usize];
        state[0] += 1;
        state[7] ^= hop.number;
        hash = fold(hash, now ^ state[7]);
        let to = generator.below(states.len() as u64) as u32;
        let at = now + generator.exponential(1e9);
        kernel.push(at, Hop { to, number: hop.number + 1, _payload: hop._payload });
    }
    hash
}

const NODES: u32 = 100;
const CLIENTS: u32 = 1_000;

/// A message of the quorum ping, 48 bytes as in the other workload.
#[derive(Clone, Copy)]
pub enum Ping {
    Request { node: u32, client: u32, operation: u64, _payload: [u64; 4] },
    Reply { client: u32, operation: u64, _payload: [u64; 3] },
    Timeout { client: u32, operation: u64 },
}

#[derive(Clone, Copy, Default)]
struct Client {
    operation: u64,
    began: u64,
    replies: u32,
}

struct Quorum<K> {
    kernel: K,
    generator: Generator,
    served: Vec<[u64; 8]>,
    clients: Vec<Client>,
    latencies: u64,
    hash: u64,
    timeouts: bool,
}

/// Quorum ping: 100 nodes with 10 clients each. An operation sends to three consecutive nodes, each
/// way takes 1 ms on average, the second reply completes it and begins the next, the third comes in
/// vain: six messages an operation. With `timeouts` each operation also sets one, which fires long
/// after it, in vain. The clock runs over `events`, after as many to warm up.
pub fn quorum<K: Kernel<Ping>>(timeouts: bool, events: u64, start: impl FnOnce()) -> u64 {
    let mut world = Quorum {
        kernel: K::new(),
        generator: Generator::new(2),
        served: vec![[0; 8]; NODES as usize],
        clients: vec![Client::default(); CLIENTS as usize],
        latencies: 0,
        hash: 0,
        timeouts,
    };
    for client in 0..CLIENTS {
        world.begin(0, client);
    }
    world.run(events);
    start();
    world.run(events);
    fold(world.hash, world.latencies)
}

impl<K: Kernel<Ping>> Quorum<K> {
    fn run(&mut self, events: u64) {
        for _ in 0..events {
            let Some((now, ping)) = self.kernel.pop() else { return };
            self.hash = fold(self.hash, now);
            match ping {
                Ping::Request { node, client, operation, .. } => {
                    self.serve(now, node, client, operation);
                }
                Ping::Reply { client, operation, .. } => self.count(now, client, operation),
                Ping::Timeout { client, operation } => self.expire(now, client, operation),
            }
        }
    }

    fn begin(&mut self, now: u64, client: u32) {
        let state = &mut self.clients[client as usize];
        *state = Client { operation: state.operation + 1, began: now, replies: 0 };
        let operation = state.operation;
        let first = self.generator.below(u64::from(NODES)) as u32;
        for step in 0..3 {
            let node = (first + step) % NODES;
            let at = now + self.generator.exponential(1e6);
            self.kernel.push(at, Ping::Request { node, client, operation, _payload: [0; 4] });
        }
        if self.timeouts {
            self.kernel.push_timeout(now, Ping::Timeout { client, operation });
        }
    }

    fn expire(&mut self, now: u64, client: u32, operation: u64) {
        if self.clients[client as usize].operation == operation {
            self.begin(now, client);
        }
    }

    fn serve(&mut self, now: u64, node: u32, client: u32, operation: u64) {
        self.served[node as usize][3] += 1;
        let at = now + self.generator.exponential(1e6);
        self.kernel.push(at, Ping::Reply { client, operation, _payload: [0; 3] });
    }

    fn count(&mut self, now: u64, client: u32, operation: u64) {
        let state = &mut self.clients[client as usize];
        if state.operation != operation {
            return;
        }
        state.replies += 1;
        if state.replies == 2 {
            self.latencies += now - state.began;
            self.begin(now, client);
        }
    }
}
