//! Small numbers for the ids of places, persons and categories, so that frames of millions of rows group by numbers.

use std::collections::HashMap;

/// Stands for an id within one [`Directory`].
pub type Key = u32;

/// Who or what a key stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The opaque id; the word itself for categories and labels.
    pub id: String,
    /// What rows are sorted by: a code, a label.
    pub code: String,
    pub name: String,
}

/// Gives each id one key, from 0 in the order in which they come.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    entries: Vec<Entry>,
    keys: HashMap<String, Key>,
}

impl Directory {
    /// The key of `entry.id`; its code and name are those given last.
    pub fn insert(&mut self, entry: Entry) -> Key {
        let key = self.key(&entry.id);
        self.entries[key as usize] = entry;
        key
    }

    /// The key of `id`, which serves as its own code and name until [`Directory::insert`] gives others.
    ///
    /// # Panics
    /// At the 2³²nd id: an area has less of everything that is keyed.
    pub fn key(&mut self, id: &str) -> Key {
        if let Some(&key) = self.keys.get(id) {
            return key;
        }
        let key = Key::try_from(self.entries.len()).expect("an area has less than 2^32 places, persons and categories");
        self.entries.push(Entry { id: id.to_owned(), code: id.to_owned(), name: id.to_owned() });
        self.keys.insert(id.to_owned(), key);
        key
    }

    /// The key of `id` if it has one.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Key> {
        self.keys.get(id).copied()
    }

    #[must_use]
    pub fn get(&self, key: Key) -> Option<&Entry> {
        self.entries.get(key as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_for_one_id() {
        let mut directory = Directory::default();
        let lamp = directory.key("路灯");
        let grid = directory.insert(Entry { id: "a".into(), code: "1".into(), name: "甲".into() });
        assert_eq!((directory.key("路灯"), directory.key("a")), (lamp, grid));
        assert_eq!(directory.get(grid).unwrap().name, "甲");
        assert_eq!((directory.find("b"), directory.get(7)), (None, None));
    }
}
