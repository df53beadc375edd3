//! Small histories at random, as JSON Lines: of a store that is sometimes right.

/// Luck of these tests.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// How histories are drawn.
#[derive(Clone, Copy)]
pub struct Kind {
    pub operations: usize,
    pub clients: usize,
    pub keys: usize,
    /// Of a hundred reads, so many return something old.
    pub stale: usize,
    /// Do values come again?
    pub twice: bool,
}

enum Open {
    Read { key: usize },
    Write { key: usize, value: usize, applied: bool },
}

/// A history of registers.
pub fn registers(dice: &mut Dice, kind: Kind) -> String {
    let mut clients: Vec<(usize, Option<Open>)> = (0..kind.clients).map(|c| (c, None)).collect();
    let (mut names, mut begun, mut value) = (kind.clients, 0, 0);
    // All versions of each key so far, the newest last, and writes that come late.
    let mut versions: Vec<Vec<usize>> = vec![Vec::new(); kind.keys];
    let mut late: Vec<(usize, usize)> = Vec::new();
    let (mut text, mut time) = (String::new(), 0);
    loop {
        if dice.chance(10) && !late.is_empty() {
            let (key, value) = late.swap_remove(dice.below(late.len()));
            versions[key].push(value);
        }
        let at = dice.below(kind.clients);
        let (name, open) = &mut clients[at];
        let name = *name;
        // Now and then two events fall into one instant.
        time += usize::from(!dice.chance(5));
        let mut line = |kind: &str, f: &str, key: usize, value: String| {
            text.push_str(&format!(
                "{{\"t\":{time},\"p\":{name},\"type\":\"{kind}\",\"f\":\"{f}\",\"key\":{key},\
                 \"v\":{value}}}\n"
            ));
        };
        match open.take() {
            None if begun == kind.operations => {
                if clients.iter().all(|(_, open)| open.is_none()) {
                    return text;
                }
            }
            None => {
                begun += 1;
                let key = dice.below(kind.keys);
                if dice.chance(45) {
                    value += 1;
                    let value = if kind.twice { 1 + dice.below(3) } else { value };
                    line("invoke", "put", key, value.to_string());
                    let applied = dice.chance(40);
                    if applied {
                        versions[key].push(value);
                    }
                    *open = Some(Open::Write { key, value, applied });
                } else {
                    line("invoke", "get", key, "null".to_string());
                    *open = Some(Open::Read { key });
                }
            }
            Some(Open::Write { key, value, applied: false }) if dice.chance(30) => {
                versions[key].push(value);
                *open = Some(Open::Write { key, value, applied: true });
            }
            Some(Open::Write { key, value, applied }) => match dice.below(100) {
                0..5 if !applied => line("fail", "put", key, value.to_string()),
                5..20 => {
                    if !applied && dice.chance(50) {
                        late.push((key, value));
                    }
                    line("info", "put", key, value.to_string());
                    clients[at].0 = names;
                    names += 1;
                }
                _ => {
                    if !applied {
                        versions[key].push(value);
                    }
                    line("ok", "put", key, value.to_string());
                }
            },
            Some(Open::Read { key }) => {
                let all = &versions[key];
                let shown = match dice.chance(kind.stale) {
                    true => dice.below(all.len() + 1),
                    false => all.len(),
                };
                let value = shown.checked_sub(1).map_or("null".into(), |at| all[at].to_string());
                line("ok", "get", key, value);
            }
        }
    }
}

/// A history of one key with siblings and contexts, in which two actors give names.
pub fn siblings(dice: &mut Dice, operations: usize, wrong: usize) -> String {
    let mut clients: Vec<(usize, Option<Option<usize>>)> = (0..3).map(|c| (c, None)).collect();
    let (mut names, mut begun, mut value) = (3, 0, 0);
    let mut counts = [0u64; 2];
    let mut stored: Vec<(usize, usize, u64)> = Vec::new();
    let (mut text, mut time) = (String::new(), 0);
    loop {
        let at = dice.below(3);
        let (name, open) = &mut clients[at];
        let name = *name;
        time += 1;
        let mut line = |rest: String| {
            text.push_str(&format!("{{\"t\":{time},\"p\":{name},\"key\":1,{rest}}}\n"));
        };
        match open.take() {
            None if begun == operations => {
                if clients.iter().all(|(_, open)| open.is_none()) {
                    return text;
                }
            }
            None => {
                begun += 1;
                let write = dice.chance(45);
                value += usize::from(write);
                let brought = if write { value.to_string() } else { "null".to_string() };
                let f = if write { "put" } else { "get" };
                line(format!("\"type\":\"invoke\",\"f\":\"{f}\",\"v\":{brought}"));
                *open = Some(write.then_some(value));
            }
            Some(Some(value)) => {
                let actor = dice.below(2);
                counts[actor] += 1;
                if dice.chance(12) {
                    line(format!("\"type\":\"info\",\"f\":\"put\",\"v\":{value}"));
                    clients[at].0 = names;
                    names += 1;
                    continue;
                }
                stored.push((value, actor, counts[actor]));
                let dot = format!("[\"n{actor}\",{}]", counts[actor]);
                line(format!("\"type\":\"ok\",\"f\":\"put\",\"v\":{value},\"dot\":{dot}"));
            }
            Some(None) => {
                let mut context = counts;
                for count in &mut context {
                    if dice.chance(wrong) {
                        *count = dice.below(*count as usize + 2) as u64;
                    }
                }
                let covered = stored.iter().filter(|(_, actor, n)| *n <= context[*actor]);
                let shown: Vec<String> =
                    covered.filter(|_| dice.chance(60)).map(|(v, ..)| v.to_string()).collect();
                let [one, other] = context;
                line(format!(
                    "\"type\":\"ok\",\"f\":\"get\",\"v\":[{}],\"ctx\":{{\"n0\":{one},\"n1\":{other}}}",
                    shown.join(",")
                ));
            }
        }
    }
}
