#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fleet_fuzz::access_log_line(bytes));
