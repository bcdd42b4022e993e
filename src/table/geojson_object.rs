//! How serde walks through GeoJSON: features pass one by one, so the whole is never held as a tree.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// The members of a feature, geometry or collection that count; what is absent is null.
#[derive(Default)]
pub struct Object {
    pub kind: Value,
    pub id: Value,
    pub crs: Value,
    pub coordinates: Value,
    pub geometry: Value,
    /// In the order of the file.
    pub properties: Vec<(String, Value)>,
    /// Whether it had a list of features; they went into the sink.
    pub features: bool,
}

/// Takes features as they are read.
pub trait Sink {
    /// # Errors
    /// A message that ends the reading.
    fn feature(&mut self, feature: Object) -> Result<(), String>;
}

/// Reads what stands outermost.
pub struct Outermost<'s, S> {
    pub sink: &'s mut S,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Outermost<'_, S> {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Outermost<'_, S> {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "features" && !object.features {
                map.next_value_seed(Features { sink: self.sink })?;
                object.features = true;
            } else {
                member(&mut object, &key, &mut map)?;
            }
        }
        Ok(object)
    }
}

fn member<'de, A: MapAccess<'de>>(object: &mut Object, key: &str, map: &mut A) -> Result<(), A::Error> {
    match key {
        "type" => object.kind = map.next_value()?,
        "id" => object.id = map.next_value()?,
        "crs" => object.crs = map.next_value()?,
        "coordinates" => object.coordinates = map.next_value()?,
        "geometry" => object.geometry = map.next_value()?,
        "properties" => object.properties = map.next_value_seed(AnyValue(Properties))?,
        _ => {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(())
}

struct Features<'s, S> {
    sink: &'s mut S,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Features<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Features<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(feature) = elements.next_element_seed(AnyValue(Element))? {
            self.sink.feature(feature).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// Something that should be an object; anything else counts as an empty one, and the reading goes on.
trait ObjectLike: Copy {
    type Value: Default;

    fn read<'de, A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error>;
}

#[derive(Clone, Copy)]
struct Element;

impl ObjectLike for Element {
    type Value = Object;

    fn read<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        while let Some(key) = map.next_key::<String>()? {
            member(&mut object, &key, &mut map)?;
        }
        Ok(object)
    }
}

#[derive(Clone, Copy)]
struct Properties;

impl ObjectLike for Properties {
    type Value = Vec<(String, Value)>;

    fn read<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::new();
        while let Some(property) = map.next_entry()? {
            properties.push(property);
        }
        Ok(properties)
    }
}

struct AnyValue<T>(T);

impl<'de, T: ObjectLike> DeserializeSeed<'de> for AnyValue<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: ObjectLike> Visitor<'de> for AnyValue<T> {
    type Value = T::Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T::Value, A::Error> {
        self.0.read(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<T::Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::Value::default())
    }

    fn visit_unit<E>(self) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<T::Value, E> {
        Ok(T::Value::default())
    }
}
