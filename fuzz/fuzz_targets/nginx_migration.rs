#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fleet_fuzz::nginx_migration(bytes));
