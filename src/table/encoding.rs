//! Bytes to text: UTF-8, with or without BOM, else what Chinese office programs write.

use super::TableError;
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::path::Path;

/// The text of `bytes` without its BOM, and the name of the encoding. `named` wins over detection, a BOM over both.
///
/// # Errors
/// [`TableError`] where the bytes are not valid in the named encoding, or in none of UTF-8 and GB18030.
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
    match String::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => Ok((text['\u{feff}'.len_utf8()..].to_owned(), "UTF-8")),
        Ok(text) => Ok((text, "UTF-8")),
        Err(_) if encoding == Some(UTF_8) => Err(TableError::NotInEncoding { path: path.to_owned(), encoding: UTF_8.name() }),
        Err(error) => {
            strict(GB18030, error.as_bytes()).map(|text| (text, "GB18030")).ok_or_else(|| TableError::Encoding(path.to_owned()))
        }
    }
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let (text, _, had_errors) = encoding.decode(bytes);
    // GB18030 maps nearly any pair of bytes to something; what no office writes gives the wrong guess away.
    let private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c) || c == '\u{fffd}';
    (!had_errors && !text.chars().any(private)).then(|| text.into_owned())
}
