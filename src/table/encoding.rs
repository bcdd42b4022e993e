//! Bytes to text: UTF-8, with or without BOM, else what Chinese office programs write.

use super::TableError;
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::path::Path;

/// The text of `bytes` without its BOM, and the name of the encoding. `named` wins over detection, a BOM over both.
///
/// # Errors
/// [`TableError`] where the bytes are not valid in the named encoding, or neither UTF-8 nor plausible as GB18030.
pub fn decode(path: &Path, bytes: Vec<u8>, named: Option<&str>) -> Result<(String, &'static str), TableError> {
    let named = match named {
        Some(name) => Some(
            Encoding::for_label(name.as_bytes())
                .ok_or_else(|| TableError::UnknownEncoding { path: path.to_owned(), name: name.to_owned() })?,
        ),
        None => None,
    };
    let encoding = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding).or(named);
    if let Some(encoding) = encoding.filter(|&encoding| encoding != UTF_8) {
        let text = strict(encoding, &bytes);
        return text
            .map(|text| (text, encoding.name()))
            .ok_or_else(|| TableError::NotInEncoding { path: path.to_owned(), encoding: encoding.name() });
    }
    if let Some(label) = unmarked_utf16(&bytes).filter(|_| encoding.is_none()) {
        return Err(TableError::Utf16 { path: path.to_owned(), label });
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => Ok((text['\u{feff}'.len_utf8()..].to_owned(), "UTF-8")),
        Ok(text) => Ok((text, "UTF-8")),
        Err(_) if encoding == Some(UTF_8) => Err(TableError::NotInEncoding { path: path.to_owned(), encoding: UTF_8.name() }),
        Err(error) => chinese(path, error.as_bytes()).map(|text| (text, "GB18030")),
    }
}

/// The text of what is not UTF-8 and has no name: GB18030, if it looks so.
fn chinese(path: &Path, bytes: &[u8]) -> Result<String, TableError> {
    if let Some(line) = breaks_utf8(bytes) {
        return Err(TableError::BrokenUtf8 { path: path.to_owned(), line });
    }
    let text = Some(bytes).filter(|bytes| !bytes.contains(&0) && is_plausible_chinese(bytes));
    text.and_then(|bytes| strict(GB18030, bytes)).ok_or_else(|| TableError::Encoding(path.to_owned()))
}

/// The label of the UTF-16 that `bytes` look like: of its ASCII characters (delimiters, digits, line ends) every other byte is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static str> {
    let zeros = |first: usize| bytes.iter().skip(first).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // A text of long Chinese cells has few; a zero that strayed into another text has no side.
    // What is valid UTF-8 as it stands is UTF-16 only if it is nearly all ASCII.
    let least = if std::str::from_utf8(bytes).is_ok() { bytes.len() / 4 } else { bytes.len() / 50 };
    let few = even + odd < 2 || even + odd < least;
    match (even, odd) {
        _ if few => None,
        _ if odd > 9 * even => Some("utf-16le"),
        _ if even > 9 * odd => Some("utf-16be"),
        _ => None,
    }
}

/// The line in which a text that is UTF-8 otherwise is not.
///
/// Bytes of GB18030 make a Chinese character of UTF-8 (three bytes) once in fifty characters, by chance, and something invalid
/// nearly every time: a text with as many of these as of those was UTF-8 before something cut it.
fn breaks_utf8(bytes: &[u8]) -> Option<usize> {
    let (mut long, mut two, mut accented, mut invalid) = (0_usize, 0_usize, 0_usize, 0_usize);
    let (mut line, mut first_break) = (1, None);
    for chunk in bytes.utf8_chunks() {
        let mut before = ' ';
        for character in chunk.valid().chars() {
            match character.len_utf8() {
                1 => line += usize::from(character == '\n'),
                2 => {
                    two += 1;
                    accented += usize::from(before.is_ascii_alphabetic());
                }
                _ => long += 1,
            }
            before = character;
        }
        if !chunk.invalid().is_empty() {
            invalid += 1;
            first_break.get_or_insert(line);
        }
    }
    // Two bytes are UTF-8 by chance once in four Chinese characters: those must be many, or stand among Latin letters.
    let was_european = (accented >= 3 && accented >= 2 * invalid) || (two >= 20 && two >= 10 * invalid);
    let was_utf8 = was_european || (long >= 2 && long >= invalid);
    first_break.filter(|_| was_utf8)
}

/// Whether at least half of what is not ASCII is a character that Chinese writing is made of (GB 2312: two bytes, both from 0xA1),
/// standing as Chinese characters stand. The rest may be rare: names have characters from all over GB18030.
fn is_plausible_chinese(bytes: &[u8]) -> bool {
    let (mut common, mut all) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(&lead) = bytes.get(at) {
        if lead.is_ascii() {
            at += 1;
            continue;
        }
        all += 1;
        let trail = bytes.get(at + 1).copied().unwrap_or(0);
        let in_gb2312 = matches!(lead, 0xA1..=0xA9 | 0xB0..=0xF7) && trail >= 0xA1;
        common += usize::from(in_gb2312 && !within_a_word(bytes, at));
        // A digit in second place: one of the characters of four bytes.
        at += if trail.is_ascii_digit() { 4 } else { 2 };
    }
    2 * common >= all
}

/// Whether the pair at `at` stands alone between Latin letters: two accented ones rather ("ação"), in an encoding of one byte each.
fn within_a_word(bytes: &[u8], at: usize) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
    letter(at.checked_sub(1)) && letter(Some(at + 2))
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let (text, _, had_errors) = encoding.decode(bytes);
    // GB18030 maps nearly any pair of bytes to something; what no office writes gives the wrong guess away.
    let private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c) || c == '\u{fffd}';
    (!had_errors && !text.chars().any(private)).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(String, &'static str), TableError> {
        decode(Path::new("a.csv"), bytes.to_vec(), None)
    }

    #[test]
    fn what_chinese_offices_write_is_read() {
        let texts = [
            "编码,名称\r\n1,喻家嘴\r\n",
            "name\n黄\n",
            "id,name\n1,移动\n2,联通\n3,西街\n",
            "姓名,地址\n李镕喆,A栋3单元\n王堃,B座\n陶珺,c区（北）\n",
            "name,note\nWang,见“附件”、——\n",
            "单价,数量\n￥１２．５,３\n",
            "name\n王喆\n",
            "街道\n溇水路の店\n㙍头\n",
        ];
        for text in texts {
            let (gbk, encoding, unmappable) = GB18030.encode(text);
            assert!(!unmappable && encoding == GB18030);
            assert_eq!(read(&gbk).unwrap(), (text.to_owned(), "GB18030"), "{text}");
        }
    }

    /// Every short list of common names, whatever bytes its characters have.
    #[test]
    fn no_common_character_makes_a_text_implausible() {
        // The first level of GB 2312: 3,755 characters in the order of their sounds.
        let level: Vec<u8> =
            (0xB0..=0xD7).flat_map(|lead| (0xA1..=0xFE).map(move |trail| [lead, trail])).take(3755).flatten().collect();
        for size in [2, 3, 4, 7, 40] {
            for name in level.chunks(2 * size).filter(|name| std::str::from_utf8(name).is_err()) {
                let file = [b"name\n", name, b"\n"].concat();
                assert_eq!(read(&file).map(|(_, encoding)| encoding).ok(), Some("GB18030"), "{}", GB18030.decode(&file).0);
            }
        }
    }

    #[test]
    fn a_break_in_utf8_is_said_with_its_line() {
        let broken = |text: &str, at: &str| {
            let bytes = text.as_bytes();
            let cut = text.find(at).unwrap();
            read(&[&bytes[..cut], &bytes[cut + 1..]].concat())
        };
        let chinese = broken("名称,地址\n黄龙路,3号\n喻家嘴,5号\n田富,7号\n", "喻");
        assert!(matches!(chinese, Err(TableError::BrokenUtf8 { line: 3, .. })), "{chinese:?}");
        let german = broken("Müller\nJäger\nBär\nKöhler\nGrün\nLöwe\nFuß\n", "ö");
        assert!(matches!(german, Err(TableError::BrokenUtf8 { line: 4, .. })), "{german:?}");
    }

    #[test]
    fn other_encodings_are_not_taken_for_chinese() {
        let latin = ["Müller,Straße\nJäger,Café\n", "ação,coração\n", "É\n", "Ünlü,Öz\n"];
        for text in latin {
            let bytes = encoding_rs::WINDOWS_1252.encode(text).0;
            assert!(matches!(read(&bytes), Err(TableError::Encoding(_))), "{text}: {:?}", read(&bytes));
        }
    }

    #[test]
    fn utf_16_without_a_mark_is_named() {
        for text in ["id,name\n1,a\n", "编码\t名称\n1\t喻家嘴街道办事处\n2\t李\n"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(matches!(read(&little), Err(TableError::Utf16 { label: "utf-16le", .. })), "{text}");
            assert!(matches!(read(&big), Err(TableError::Utf16 { label: "utf-16be", .. })), "{text}");
            assert_eq!(decode(Path::new("a.csv"), little, Some("utf-16le")).unwrap().0, text);
        }
        assert!(read(b"a\0,b\n1,2\n3,4\n").is_ok());
    }
}
