//! Seeded generators: the synthetic demo subdistrict, random tessellations, points and case streams. The demo, the tests and the
//! benches share them; the same seed gives the same bytes on every machine.

pub mod border;
#[cfg(test)]
mod checks;
pub mod clock;
pub mod division;
pub mod files;
pub mod groups;
pub mod growth;
pub mod locate;
pub mod mesh;
pub mod names;
pub mod noise;
pub mod plane;
pub mod random;
pub mod samples;
pub mod settings;
pub mod subdistrict;
pub mod terrain;
