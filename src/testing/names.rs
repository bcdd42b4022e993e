//! Invented names of persons.

use super::{random::Dice, settings::Names};

/// An endless list of names that belong to nobody.
pub struct PersonNames {
    names: Names,
    dice: Dice,
}

impl PersonNames {
    #[must_use]
    pub fn new(seed: u64, subject: &str) -> Self {
        Self { names: Names::bundled(), dice: Dice::new(seed, subject) }
    }

    /// The next name: a surname and one or two syllables.
    ///
    /// # Panics
    /// Never with the bundled settings.
    pub fn draw(&mut self) -> String {
        let mut name = self.dice.pick(&self.names.surnames).clone();
        name += self.dice.pick(&self.names.given).as_str();
        if self.dice.chance(0.75) {
            name += self.dice.pick(&self.names.given).as_str();
        }
        name
    }
}
