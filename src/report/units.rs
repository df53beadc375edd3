//! Numbers for a person: with a unit, and no more digits than mean something.

/// `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share as `99.95 %`: never rounded up to 100 or down to 0.
pub fn percent(share: Option<f64>) -> String {
    let Some(share) = share else { return "-".to_string() };
    if share == 0.0 || share == 1.0 {
        return format!("{} %", 100.0 * share);
    }
    for decimals in 2..=5 {
        let text = format!("{:.decimals$}", 100.0 * share);
        let is_zero = text.chars().all(|digit| matches!(digit, '0' | '.'));
        if !is_zero && !text.starts_with("100") {
            return format!("{text} %");
        }
    }
    if share > 0.5 { "> 99.99999 %".to_string() } else { "< 0.00001 %".to_string() }
}

/// Milliseconds as `850 us`, `3.40 ms`, `1.20 s`.
pub fn milliseconds(milliseconds: Option<f64>) -> String {
    match milliseconds {
        None => "-".to_string(),
        Some(ms) if ms < 1.0 => format!("{:.0} us", ms * 1e3),
        Some(ms) if ms < 1e3 => format!("{} ms", three_digits(ms)),
        Some(ms) => seconds(Some(ms / 1e3)),
    }
}

/// Seconds as `450 ms`, `12.3 s`, `123 s`.
pub fn seconds(seconds: Option<f64>) -> String {
    match seconds {
        None => "never".to_string(),
        Some(s) if s > 0.0 && s < 1.0 => milliseconds(Some(s * 1e3)),
        Some(s) => format!("{} s", three_digits(s)),
    }
}

/// A moment as `120.0 s`.
pub fn moment(seconds: f64) -> String {
    format!("{seconds:.1} s")
}

/// Bytes as `512 B`, `1.20 MiB`.
pub fn bytes(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{} {}", three_digits(size), units[unit])
}

fn three_digits(number: f64) -> String {
    let decimals = match number {
        number if number == 0.0 || number >= 99.95 => 0,
        number if number >= 9.995 => 1,
        _ => 2,
    };
    format!("{number:.decimals$}")
}

#[cfg(test)]
mod tests {
    use crate::report::units::{bytes, count, milliseconds, percent, seconds};

    #[test]
    fn numbers_read_well() {
        let rows = [
            (count(0), "0"),
            (count(999), "999"),
            (count(1_234_567), "1,234,567"),
            (percent(None), "-"),
            (percent(Some(1.0)), "100 %"),
            (percent(Some(0.0)), "0 %"),
            (percent(Some(0.9995)), "99.95 %"),
            (percent(Some(0.999_99)), "99.999 %"),
            (percent(Some(0.999_999_999_9)), "> 99.99999 %"),
            (percent(Some(0.000_001)), "0.0001 %"),
            (percent(Some(0.25)), "25.00 %"),
            (percent(Some(0.1)), "10.00 %"),
            (percent(Some(0.01)), "1.00 %"),
            (milliseconds(Some(0.85)), "850 us"),
            (milliseconds(Some(3.4)), "3.40 ms"),
            (milliseconds(Some(34.56)), "34.6 ms"),
            (milliseconds(Some(345.6)), "346 ms"),
            (milliseconds(Some(1200.0)), "1.20 s"),
            (seconds(Some(0.0)), "0 s"),
            (seconds(Some(0.45)), "450 ms"),
            (seconds(None), "never"),
            (bytes(0), "0 B"),
            (bytes(1023), "1023 B"),
            (bytes(1_258_291), "1.20 MiB"),
        ];
        for (found, wanted) in rows {
            assert_eq!(found, wanted);
        }
    }
}
