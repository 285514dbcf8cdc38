//! Inside the fence: yes, no, unknown. The position answers that and is forgotten: pure, and kept nowhere.
use shangyi_entities::check_in_fact::FenceAnswer;
use shangyi_entities::venue::Datum;
use std::f64::consts::PI;

/// A point on a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The datum of the two.
    pub datum: Datum,
}

/// Mean radius of the earth in metres.
const EARTH: f64 = 6_371_008.8;
/// The ellipsoid of the shifted maps (Krasovsky 1940): semi-major axis and squared eccentricity.
const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;

impl Point {
    /// The point as Chinese maps show it; a receiver's position lies some hundreds of metres beside it.
    fn shifted(self) -> (f64, f64) {
        if self.datum == Datum::Gcj02 || !(0.8293..=55.8271).contains(&self.latitude) || !(72.004..=137.8347).contains(&self.longitude) {
            return (self.latitude, self.longitude);
        }
        let (x, y) = (self.longitude - 105.0, self.latitude - 35.0);
        let wave = |angle: f64| (20.0 * (6.0 * angle * PI).sin() + 20.0 * (2.0 * angle * PI).sin()) * 2.0 / 3.0;
        let root = x.abs().sqrt();
        let north = -100.0
            + 2.0 * x
            + 3.0 * y
            + 0.2 * y * y
            + 0.1 * x * y
            + 0.2 * root
            + wave(x)
            + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
            + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
        let east = 300.0
            + x
            + 2.0 * y
            + 0.1 * x * x
            + 0.1 * x * y
            + 0.1 * root
            + wave(x)
            + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
            + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
        let angle = self.latitude.to_radians();
        let magic = 1.0 - ECCENTRICITY * angle.sin().powi(2);
        let per_degree_north = AXIS * (1.0 - ECCENTRICITY) / (magic * magic.sqrt()) * PI / 180.0;
        let per_degree_east = AXIS / magic.sqrt() * angle.cos() * PI / 180.0;
        (self.latitude + north / per_degree_north, self.longitude + east / per_degree_east)
    }

    /// Metres between two points.
    pub fn metres_to(self, other: Self) -> f64 {
        let ((a_lat, a_lon), (b_lat, b_lon)) = (self.shifted(), other.shifted());
        let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
        let h = half(a_lat, b_lat) + a_lat.to_radians().cos() * b_lat.to_radians().cos() * half(a_lon, b_lon);
        2.0 * EARTH * h.sqrt().min(1.0).asin()
    }
}

/// Whether a position known to so many metres lies in the circle; unknown where the metres do not tell.
pub fn answer(centre: Point, radius_metres: f64, position: Point, accuracy_metres: f64) -> FenceAnswer {
    let (distance, doubt) = (centre.metres_to(position), accuracy_metres.max(0.0));
    if distance + doubt <= radius_metres {
        FenceAnswer::Inside
    } else if distance - doubt > radius_metres {
        FenceAnswer::Outside
    } else {
        FenceAnswer::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gcj(latitude: f64, longitude: f64) -> Point {
        Point { latitude, longitude, datum: Datum::Gcj02 }
    }

    #[test]
    fn a_receivers_position_is_shifted_before_it_is_compared() {
        // A published pair of the same point in both datums.
        let receiver = Point { latitude: 39.908_82, longitude: 116.397_47, datum: Datum::Wgs84 };
        assert!(receiver.metres_to(gcj(39.910_222_5, 116.403_712_5)) < 5.0, "{}", receiver.metres_to(gcj(39.910_222_5, 116.403_712_5)));
        let unshifted = gcj(receiver.latitude, receiver.longitude);
        assert!((400.0..800.0).contains(&receiver.metres_to(unshifted)), "the shift is hundreds of metres");
    }

    #[test]
    fn the_circle_answers_yes_no_and_unknown() {
        let centre = gcj(29.551, 106.562);
        let north = |metres: f64| gcj(29.551 + metres / 111_195.0, 106.562);
        for (metres, accuracy, expected) in [
            (0.0, 10.0, FenceAnswer::Inside),
            (150.0, 20.0, FenceAnswer::Inside),
            (190.0, 20.0, FenceAnswer::Unknown),
            (230.0, 50.0, FenceAnswer::Unknown),
            (260.0, 50.0, FenceAnswer::Outside),
            (260.0, 500.0, FenceAnswer::Unknown),
        ] {
            assert_eq!(answer(centre, 200.0, north(metres), accuracy), expected, "{metres} ± {accuracy}");
        }
    }
}
