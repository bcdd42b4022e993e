//! The SQL functions that only our own connections know.
#![expect(unsafe_code, reason = "SQLite takes functions as C callbacks; sqlx has no safe way to register them")]

use crate::{geometry::BBox, store::wkb};
use libsqlite3_sys as ffi;
use sqlx::SqliteConnection;
use std::{
    ffi::{CStr, c_int},
    ptr, slice,
};

/// Called by the triggers that refuse the writes of programs which do not have it.
pub(super) const WRITER: &CStr = c"wangge_writer";
/// `wangge_meets(blob, west, south, east, north)`: whether the box of the geometry meets that box.
const MEETS: &CStr = c"wangge_meets";
/// `wangge_bound(blob, side)`: west (0), south (1), east (2) or north (3) of the geometry, null if it is empty.
const BOUND: &CStr = c"wangge_bound";

type Callback = unsafe extern "C" fn(*mut ffi::sqlite3_context, c_int, *mut *mut ffi::sqlite3_value);

/// Registers the functions on `connection`.
pub(super) async fn register(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut handle = connection.lock_handle().await?;
    let functions: [(&CStr, c_int, Callback); 3] = [(WRITER, 0, writer), (MEETS, 5, meets), (BOUND, 2, bound)];
    for (name, arguments, callback) in functions {
        let flags = ffi::SQLITE_UTF8 | ffi::SQLITE_DETERMINISTIC | ffi::SQLITE_INNOCUOUS;
        // SAFETY: the guard holds the open handle for us alone; `name` ends with NUL; the callbacks are `static`, take no
        // user data (null) and need no destructor (none).
        let status = unsafe {
            ffi::sqlite3_create_function_v2(
                handle.as_raw_handle().as_ptr(),
                name.as_ptr(),
                arguments,
                flags,
                ptr::null_mut(),
                Some(callback),
                None,
                None,
                None,
            )
        };
        if status != ffi::SQLITE_OK {
            return Err(sqlx::Error::Protocol(format!("SQLite refused the function {}: {status}", name.to_string_lossy())));
        }
    }
    Ok(())
}

/// # Safety
/// SQLite calls it with a live context.
unsafe extern "C" fn writer(context: *mut ffi::sqlite3_context, _: c_int, _: *mut *mut ffi::sqlite3_value) {
    // SAFETY: `context` is live during the call.
    unsafe { ffi::sqlite3_result_int(context, 1) };
}

/// # Safety
/// SQLite calls it with a live context and 5 values.
unsafe extern "C" fn meets(context: *mut ffi::sqlite3_context, _: c_int, values: *mut *mut ffi::sqlite3_value) {
    // SAFETY: it was registered with 5 arguments, so that many protected values are there during the call.
    let values = unsafe { slice::from_raw_parts(values, 5) };
    // SAFETY: protected values of this call.
    let [west, south, east, north] = [1, 2, 3, 4].map(|i| unsafe { ffi::sqlite3_value_double(values[i]) });
    // SAFETY: as above.
    let bounds = unsafe { bounds_of(values[0]) };
    let met = bounds.is_some_and(|bounds| bounds.intersects(&BBox { west, south, east, north }));
    // SAFETY: `context` is live during the call.
    unsafe { ffi::sqlite3_result_int(context, c_int::from(met)) };
}

/// # Safety
/// SQLite calls it with a live context and 2 values.
unsafe extern "C" fn bound(context: *mut ffi::sqlite3_context, _: c_int, values: *mut *mut ffi::sqlite3_value) {
    // SAFETY: it was registered with 2 arguments, so that many protected values are there during the call.
    let values = unsafe { slice::from_raw_parts(values, 2) };
    // SAFETY: a protected value of this call.
    let (bounds, side) = unsafe { (bounds_of(values[0]), ffi::sqlite3_value_int(values[1])) };
    let coordinate = bounds.and_then(|b| match side {
        0 => Some(b.west),
        1 => Some(b.south),
        2 => Some(b.east),
        3 => Some(b.north),
        _ => None,
    });
    match coordinate {
        // SAFETY: `context` is live during the call.
        Some(coordinate) => unsafe { ffi::sqlite3_result_double(context, coordinate) },
        // SAFETY: as above.
        None => unsafe { ffi::sqlite3_result_null(context) },
    }
}

/// # Safety
/// `value` must be a protected value of the running call.
unsafe fn bounds_of(value: *mut ffi::sqlite3_value) -> Option<BBox> {
    // SAFETY: the blob is asked for before its length, as SQLite wants it; both stay valid until the value is converted,
    // which nobody does while the slice lives.
    unsafe {
        let bytes = ffi::sqlite3_value_blob(value).cast::<u8>();
        let length = usize::try_from(ffi::sqlite3_value_bytes(value)).unwrap_or(0);
        if bytes.is_null() || length == 0 { None } else { wkb::bounds(slice::from_raw_parts(bytes, length)) }
    }
}
