//! Numbers as offices write them.

/// The number in `text`: thousands separators ("1,017,901", "1 017 901", "1，017") and full-width digits are understood; a
/// decimal comma is not, since "1,017" would then mean two things.
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    let plain: String = text.trim().chars().map(half_width).collect();
    let number = if plain.contains([',', ' ']) { without_separators(&plain)? } else { plain };
    // `parse` would take "inf", "nan" and "infinity".
    let numeric = number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite());
    if numeric { value } else { None }
}

/// A count in `text`: a number without fraction, from 0.
#[must_use]
pub fn parse_count(text: &str) -> Option<u32> {
    let value = parse_number(text)?;
    let fits = value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    fits.then_some(value as u32)
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff10}'..='\u{ff19}' | '\u{ff0b}'..='\u{ff0e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
        '\u{2212}' => '-',
        c => c,
    }
}

/// Takes separators out that stand before each group of three digits of the whole part.
fn without_separators(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let separator = whole.chars().find(|c| matches!(c, ',' | ' '))?;
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let digits = first.trim_start_matches(['+', '-']);
    let regular = (1..=3).contains(&digits.len())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    let joined: String = whole.chars().filter(|&c| c != separator).collect();
    regular.then(|| fraction.map_or_else(|| joined.clone(), |fraction| format!("{joined}.{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_offices_write_them() {
        for (text, value) in [
            ("1,017,901", 1_017_901.0),
            (" 1 017 901.5 ", 1_017_901.5),
            ("-73.87862009", -73.878_620_09),
            ("１１０．５", 110.5),
            ("\u{2212}5", -5.0),
            ("1\u{a0}000", 1000.0),
            ("1e3", 1000.0),
        ] {
            assert_eq!(parse_number(text), Some(value), "{text}");
        }
        for text in ["", "1,5", "1,0179,01", "12 34", "nan", "inf", "0x1", "29°21′", "1,000.5,0", "1\u{0}2", ",1", "1e999"] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }

    #[test]
    fn counts() {
        assert_eq!(["4", "1,200", "3.0"].map(parse_count), [Some(4), Some(1200), Some(3)]);
        assert_eq!(["-1", "2.5", "4294967296", "four"].map(parse_count), [None; 4]);
    }

    proptest! {
        #[test]
        fn grouped_and_plain_are_equal(value in -1_000_000_000_i64..1_000_000_000) {
            let digits = value.unsigned_abs().to_string();
            let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|it| std::str::from_utf8(it).unwrap()).collect();
            let sign = if value < 0 { "-" } else { "" };
            let expected = digits.parse::<f64>().unwrap() * if value < 0 { -1.0 } else { 1.0 };
            for separator in [",", " "] {
                prop_assert_eq!(parse_number(&format!("{sign}{}", groups.join(separator))), Some(expected));
            }
        }
    }
}
