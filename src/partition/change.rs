//! What an edit changed, and the way back.

use super::{Arc, ArcId, Place, PlaceKey};
use crate::geometry::BBox;
use std::collections::{BTreeMap, BTreeSet};

/// A change of a partition: arcs and places as they were and as they are. Applying the inverse restores every bit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// By id.
    pub removed: Vec<(ArcId, Arc)>,
    /// By id.
    pub added: Vec<(ArcId, Arc)>,
    /// Key, before, after; by key.
    pub places: Vec<(PlaceKey, Option<Place>, Option<Place>)>,
    /// Ground whose finest place is another now.
    pub relabelled: Vec<Relabelled>,
}

/// Ground that changed hands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relabelled {
    /// The finest place before; `None` is outside.
    pub from: Option<PlaceKey>,
    /// The finest place after.
    pub to: Option<PlaceKey>,
    /// All of it lies in here.
    pub bounds: BBox,
}

impl Change {
    /// The change that takes this one back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let back = |it: &Relabelled| Relabelled { from: it.to, to: it.from, bounds: it.bounds };
        Self {
            removed: self.added.clone(),
            added: self.removed.clone(),
            places: self.places.iter().map(|&(key, before, after)| (key, after, before)).collect(),
            relabelled: self.relabelled.iter().map(back).collect(),
        }
    }

    /// This change and the one made right after it as one.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let mut removed: BTreeMap<ArcId, Arc> = self.removed.into_iter().collect();
        let mut added: BTreeMap<ArcId, Arc> = self.added.into_iter().collect();
        for (id, arc) in next.removed {
            if added.remove(&id).is_none() {
                removed.insert(id, arc);
            }
        }
        added.extend(next.added);
        // What came back as it was did not change.
        let same: Vec<ArcId> = added.iter().filter(|&(id, arc)| removed.get(id) == Some(arc)).map(|(&id, _)| id).collect();
        for id in same {
            removed.remove(&id);
            added.remove(&id);
        }
        let mut places: BTreeMap<PlaceKey, (Option<Place>, Option<Place>)> =
            self.places.into_iter().map(|(key, before, after)| (key, (before, after))).collect();
        for (key, before, after) in next.places {
            places.entry(key).and_modify(|place| place.1 = after).or_insert((before, after));
        }
        let places = places.into_iter().map(|(key, (before, after))| (key, before, after));
        Self {
            removed: removed.into_iter().collect(),
            added: added.into_iter().collect(),
            places: places.filter(|(_, before, after)| before != after).collect(),
            relabelled: self.relabelled.into_iter().chain(next.relabelled).collect(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty() && self.places.is_empty()
    }

    /// The finest places that gained or lost ground or border, and the places that appeared, vanished or got another parent, by
    /// key. What is above them is touched too.
    #[must_use]
    pub fn touched(&self) -> Vec<PlaceKey> {
        let arcs = self.removed.iter().chain(&self.added).flat_map(|(_, arc)| [arc.left, arc.right]).flatten();
        let keys: BTreeSet<PlaceKey> = arcs.chain(self.places.iter().map(|&(key, _, _)| key)).collect();
        keys.into_iter().collect()
    }

    /// Boxes that hold every point whose finest place may have changed.
    #[must_use]
    pub fn boxes(&self) -> Vec<BBox> {
        self.relabelled.iter().map(|ground| ground.bounds).collect()
    }

    /// Pairs of finest places whose common border changed (moved, appeared or vanished), each ordered, outside first.
    #[must_use]
    pub fn borders(&self) -> Vec<(Option<PlaceKey>, Option<PlaceKey>)> {
        let arcs = self.removed.iter().chain(&self.added);
        let pairs: BTreeSet<_> = arcs.map(|(_, arc)| (arc.left.min(arc.right), arc.left.max(arc.right))).collect();
        pairs.into_iter().collect()
    }
}
