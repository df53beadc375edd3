//! A curve in one line of text.

/// Heights, low to high; nothing at all is a blank, so that it can be told from a little.
const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The values as so many columns, each as high as the highest of the values that fall into it, the
/// highest of all filling its column.
pub fn sparkline(values: &[u64], columns: usize) -> String {
    let columns = columns.min(values.len());
    let highest = values.iter().copied().max().unwrap_or(0).max(1);
    let column = |place: usize| {
        let (from, to) = (place * values.len() / columns, (place + 1) * values.len() / columns);
        values[from..to].iter().copied().max().unwrap_or(0)
    };
    let level = |value: u64| (value * 8).div_ceil(highest) as usize;
    (0..columns).map(|place| LEVELS[level(column(place))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_keep_their_peaks() {
        let rows: [(&[u64], usize, &str); 5] = [
            (&[], 5, ""),
            (&[0, 0, 0], 5, "   "),
            (&[0, 1, 8, 4], 4, " ▁█▄"),
            (&[0, 0, 0, 9, 0, 0], 3, " █ "),
            (&[1, 1_000_000], 2, "▁█"),
        ];
        for (values, columns, drawn) in rows {
            assert_eq!(sparkline(values, columns), drawn, "{values:?}");
        }
    }
}
