//! Codes: attributes of places under a named scheme, never their identity.

use super::Level;
use std::{fmt, str::FromStr};

/// How the codes of an area are formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeScheme {
    /// 6 county (GB/T 2260) + 3 street + 3 village + 3 serial; 12 digits for a village, +2 for a micro-grid.
    CnGrid15,
    /// Any short text: "1", "NORTHRIDGE".
    Free,
}

impl CodeScheme {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CnGrid15 => "cn-grid-15",
            Self::Free => "free",
        }
    }
}

impl FromStr for CodeScheme {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        match text {
            "cn-grid-15" => Ok(Self::CnGrid15),
            "free" => Ok(Self::Free),
            _ => Err(CodeError::Scheme(text.to_owned())),
        }
    }
}

impl fmt::Display for CodeScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a text is not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("no code scheme is called {0:?}; there are cn-grid-15 and free")]
    Scheme(String),
    #[error("code {0:?}: a {level} in cn-grid-15 has {1} digits", level = .2.word())]
    Length(String, usize, Level),
    #[error("code {0:?}: only the digits 0 to 9 are allowed in cn-grid-15")]
    Digits(String),
    #[error("code {0:?}: {1} is no province of GB/T 2260")]
    Province(String, u8),
    #[error("code {0:?}: the serial number starts at 1")]
    Serial(String),
    #[error("code {0:?}: a free code is 1 to 64 characters, with no control character")]
    Free(String),
}

/// A validated code, with the scheme that it was validated under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    scheme: CodeScheme,
    text: String,
}

/// Province-level divisions of GB/T 2260 (the first two digits).
const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65,
    71, 81, 82,
];

impl Code {
    /// # Errors
    /// [`CodeError`] says which part of `text` breaks `scheme` at this level.
    pub fn parse(scheme: CodeScheme, level: Level, text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        match scheme {
            CodeScheme::Free => check_free(text)?,
            CodeScheme::CnGrid15 => check_cn_grid_15(level, text)?,
        }
        Ok(Self { scheme, text: text.to_owned() })
    }

    /// The code of the `serial`-th part (from 1) of the place that carries `self`: a grid of a village, a micro-grid of a grid.
    ///
    /// # Errors
    /// [`CodeError::Length`] where the serial number does not fit into its digits.
    pub fn child(&self, level: Level, serial: u32) -> Result<Self, CodeError> {
        let text = match (self.scheme, level) {
            (CodeScheme::CnGrid15, Level::MicroGrid) => format!("{}{serial:02}", self.text),
            (CodeScheme::CnGrid15, _) => format!("{}{serial:03}", self.text),
            (CodeScheme::Free, _) => format!("{}-{serial}", self.text),
        };
        Self::parse(self.scheme, level, &text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn scheme(&self) -> CodeScheme {
        self.scheme
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn check_free(text: &str) -> Result<(), CodeError> {
    let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(CodeError::Free(text.to_owned())) }
}

fn check_cn_grid_15(level: Level, text: &str) -> Result<(), CodeError> {
    let digits = match level {
        Level::Village => 12,
        Level::Grid => 15,
        Level::MicroGrid => 17,
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CodeError::Digits(text.to_owned()));
    }
    if text.len() != digits {
        return Err(CodeError::Length(text.to_owned(), digits, level));
    }
    let province = text[..2].parse().unwrap_or(0);
    if !PROVINCES.contains(&province) {
        return Err(CodeError::Province(text.to_owned(), province));
    }
    let serials: &[&str] = match level {
        Level::Village => &[&text[9..12]],
        Level::Grid => &[&text[9..12], &text[12..15]],
        Level::MicroGrid => &[&text[9..12], &text[12..15], &text[15..17]],
    };
    if serials.iter().any(|serial| serial.bytes().all(|digit| digit == b'0')) {
        return Err(CodeError::Serial(text.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nine_villages_and_their_parts() {
        let village = Code::parse(CodeScheme::CnGrid15, Level::Village, "430811001011").unwrap();
        let grid = village.child(Level::Grid, 7).unwrap();
        assert_eq!(grid.as_str(), "430811001011007");
        assert_eq!(grid.child(Level::MicroGrid, 2).unwrap().as_str(), "43081100101100702");
        assert!(village.child(Level::Grid, 1000).is_err());
    }

    #[test]
    fn says_what_is_wrong() {
        let parse = |level, text| Code::parse(CodeScheme::CnGrid15, level, text).unwrap_err();
        assert!(matches!(parse(Level::Grid, "43081100101100"), CodeError::Length(_, 15, Level::Grid)));
        assert!(matches!(parse(Level::Grid, "43081100101100A"), CodeError::Digits(_)));
        assert!(matches!(parse(Level::Grid, "4308110010110０7"), CodeError::Digits(_)));
        assert!(matches!(parse(Level::Grid, "990811001011007"), CodeError::Province(_, 99)));
        assert!(matches!(parse(Level::Grid, "430811001011000"), CodeError::Serial(_)));
        assert!(matches!(Code::parse(CodeScheme::Free, Level::Grid, " "), Err(CodeError::Free(_))));
        assert_eq!(Code::parse(CodeScheme::Free, Level::Grid, "NORTHRIDGE").unwrap().as_str(), "NORTHRIDGE");
    }
}
