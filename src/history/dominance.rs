//! How many of some writes began after one moment and ended before another?

/// A question, and in which order its answer is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Points beyond this are asked for.
    pub beyond: u64,
    /// And that lie before this.
    pub before: u32,
}

/// For each question, how many points (x, y) have x > beyond and y < before. O(n log n).
pub fn count(points: &mut [(u64, u32)], questions: &[Question]) -> Vec<u64> {
    points.sort_unstable();
    let mut heights: Vec<u32> = points.iter().map(|(_, y)| *y).collect();
    heights.sort_unstable();
    let mut tree = vec![0u64; heights.len() + 1];
    let mut order: Vec<u32> = (0..questions.len() as u32).collect();
    order.sort_unstable_by_key(|at| std::cmp::Reverse(questions[*at as usize].beyond));
    let mut answers = vec![0; questions.len()];
    let mut left = points.len();
    for at in order {
        let Question { beyond, before } = questions[at as usize];
        while left > 0 && points[left - 1].0 > beyond {
            left -= 1;
            add(&mut tree, heights.partition_point(|y| *y < points[left].1));
        }
        answers[at as usize] = sum(&tree, heights.partition_point(|y| *y < before));
    }
    answers
}

/// One more at this place.
fn add(tree: &mut [u64], place: usize) {
    let mut at = place + 1;
    while at < tree.len() {
        tree[at] += 1;
        at += at & at.wrapping_neg();
    }
}

/// How many at the first so many places.
fn sum(tree: &[u64], places: usize) -> u64 {
    let (mut at, mut sum) = (places, 0);
    while at > 0 {
        sum += tree[at];
        at &= at - 1;
    }
    sum
}
