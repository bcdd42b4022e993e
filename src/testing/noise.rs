//! Smooth random surfaces, the same on every machine.

/// Value noise on a unit lattice, in −1..1.
#[must_use]
pub fn noise(seed: u64, x: f64, y: f64) -> f64 {
    let (left, bottom) = (x.floor(), y.floor());
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (east, north) = (smooth(x - left), smooth(y - bottom));
    #[expect(clippy::cast_possible_truncation, reason = "lattice positions are small")]
    let (column, row) = (left as i64, bottom as i64);
    let along = |row| lattice(seed, column, row) * (1.0 - east) + lattice(seed, column + 1, row) * east;
    along(row) * (1.0 - north) + along(row + 1) * north
}

/// Noise with detail at ever smaller scales: octave k has half the height and half the wavelength of octave k − 1.
#[must_use]
pub fn fractal(seed: u64, octaves: u32, x: f64, y: f64) -> f64 {
    let (mut sum, mut height, mut scale) = (0.0, 1.0, 1.0);
    for octave in 0..octaves {
        // The lattices are shifted against each other, else all have a knot at the origin.
        let shift = f64::from(octave) * 17.31;
        sum += height * noise(seed.wrapping_add(u64::from(octave)), x * scale + shift, y * scale - shift);
        height *= 0.5;
        scale *= 2.0;
    }
    sum
}

/// A height in −1..1 for a lattice position (the finaliser of `SplitMix64`).
fn lattice(seed: u64, i: i64, j: i64) -> f64 {
    let mut z = seed
        .wrapping_add(i.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(j.cast_unsigned().wrapping_mul(0xC2B2_AE3D_27D4_EB4F));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let unit = (z >> 11) as f64 / (1_u64 << 53) as f64;
    2.0 * unit - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_smooth_and_within_bounds() {
        let mut last = noise(5, -3.0, 0.4);
        for step in 1..6000 {
            let here = noise(5, -3.0 + f64::from(step) * 0.001, 0.4);
            assert!((-1.0..=1.0).contains(&here));
            assert!((here - last).abs() < 0.004, "a jump at step {step}");
            last = here;
        }
        assert!((noise(5, 0.3, 0.3) - noise(6, 0.3, 0.3)).abs() > 1e-6);
    }
}
