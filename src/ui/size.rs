//! Numbers of bytes as people write and read them.

use crate::model::words;

/// Reads a number of bytes such as `4096`, `500K`, `10M` or `1G`, in units of 1024.
///
/// # Errors
/// When it has another form, or is zero.
pub fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is not a number of bytes such as 4096, 500K or 10M");
    let (digits, unit) = match text.trim_end_matches(['b', 'B', 'i']).chars().last() {
        Some('k' | 'K') => (text.trim_end_matches(['b', 'B', 'i', 'k', 'K']), 1_u64 << 10),
        Some('m' | 'M') => (text.trim_end_matches(['b', 'B', 'i', 'm', 'M']), 1 << 20),
        Some('g' | 'G') => (text.trim_end_matches(['b', 'B', 'i', 'g', 'G']), 1 << 30),
        _ => (text, 1),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(unit).filter(|n| *n > 0).ok_or_else(wrong)
}

/// A number of bytes in a unit that fits it.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub fn bytes_text(bytes: u64) -> String {
    let in_units = |unit: u64| bytes as f64 / unit as f64;
    match bytes {
        0..1024 => words::count(bytes, "byte"),
        1024..1_048_576 => format!("{:.1} KiB", in_units(1 << 10)),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", in_units(1 << 20)),
        _ => format!("{:.1} GiB", in_units(1 << 30)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_units_of_1024() {
        assert_eq!(
            (bytes("4096"), bytes("500K"), bytes("10MiB"), bytes("1g")),
            (Ok(4096), Ok(512_000), Ok(10 << 20), Ok(1 << 30))
        );
        for wrong in ["", "0", "K", "-1", "1.5M", "10X", "99999999999G", "1 M"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_shown_in_a_unit_that_fits() {
        let shown = [5, 2048, 3 << 20, (1 << 30) + (1 << 29)].map(bytes_text);
        assert_eq!(shown, ["5 bytes", "2.0 KiB", "3.0 MiB", "1.5 GiB"]);
    }
}
