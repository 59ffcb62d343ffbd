//! matchit, with one router per HTTP method: `PROGRAM FILE sequential|random MS`. ../cc/workload.h describes the arguments.

use std::hint::black_box;
use std::time::{Duration, Instant};

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
const ORDER_SIZE: usize = 65536;
/// Lookups that are timed together.
const BLOCK_SIZE: usize = 4096;

struct Lookup {
    method: usize,
    path: String,
    route: Option<usize>,
    param_bytes: usize,
}

type Routers = [matchit::Router<usize>; METHODS.len()];

/// Returns the index of METHOD, and a and b, of `MACRO(METHOD, "a", "b")`.
fn fields(line: &str) -> (usize, Vec<&str>) {
    let inner = &line[line.find('(').unwrap() + 1..];
    let method = &inner[..inner.find(',').unwrap()];
    let texts = inner.split('"').skip(1).step_by(2).collect();
    (METHODS.iter().position(|name| *name == method).unwrap(), texts)
}

/// Converts "/a/:b" to "/a/{b}". Also returns the size of the pattern without its parameters.
fn in_braces(pattern: &str) -> (String, usize) {
    let mut literal = 0;
    let parts: Vec<String> = pattern
        .split('/')
        .map(|part| match part.strip_prefix(':') {
            Some(name) => format!("{{{name}}}"),
            None => {
                literal += part.len();
                part.to_string()
            }
        })
        .collect();
    (parts.join("/"), literal + parts.len() - 1)
}

fn read(file: &str) -> (Routers, Vec<Lookup>) {
    let mut routers = Routers::default();
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for line in std::fs::read_to_string(file).expect(file).lines() {
        if line.starts_with("DUEL_ROUTE") {
            let (method, texts) = fields(line);
            let (pattern, literal) = in_braces(texts[0]);
            routers[method].insert(pattern, hits.len()).unwrap();
            let path = texts[1].to_string();
            hits.push(Lookup { method, route: Some(hits.len()), param_bytes: path.len() - literal, path });
        } else if line.starts_with("DUEL_MISS") {
            let (method, texts) = fields(line);
            misses.push(Lookup { method, path: texts[0].to_string(), route: None, param_bytes: 0 });
        }
    }
    (routers, if misses.is_empty() { hits } else { misses })
}

fn check(routers: &Routers, lookups: &[Lookup]) {
    for lookup in lookups {
        let (route, bytes) = match routers[lookup.method].at(&lookup.path) {
            Ok(found) => (Some(*found.value), found.params.iter().map(|(_, value)| value.len()).sum()),
            Err(_) => (None, 0),
        };
        assert_eq!((route, bytes), (lookup.route, lookup.param_bytes), "{}", lookup.path);
    }
}

/// Uses the random generator of Knuth's MMIX.
fn order(random: bool, count: usize) -> Vec<u32> {
    let mut state = 1u64;
    (0..ORDER_SIZE)
        .map(|i| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((if random { (state >> 33) as usize } else { i }) % count) as u32
        })
        .collect()
}

/// Returns ns per lookup of the median block. Blocks are short, so that other work on the machine spoils a few of them
/// but not the median.
fn time(routers: &Routers, lookups: &[Lookup], order: &[u32], slice: Duration) -> f64 {
    let mut blocks = Vec::new();
    let begin = Instant::now();
    let mut last = begin;
    while last - begin < slice {
        for &i in &order[blocks.len() * BLOCK_SIZE % ORDER_SIZE..][..BLOCK_SIZE] {
            let lookup = &lookups[i as usize];
            let _ = black_box(routers[lookup.method].at(&lookup.path));
        }
        let now = Instant::now();
        blocks.push((now - last).as_nanos() as f64 / BLOCK_SIZE as f64);
        last = now;
    }
    blocks.sort_by(f64::total_cmp);
    blocks[blocks.len() / 2]
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, file, order_name, ms] = &args[..] else { panic!("usage: PROGRAM FILE sequential|random MS") };
    let slice = Duration::from_secs_f64(ms.parse::<f64>().expect(ms) / 1e3);
    let (routers, lookups) = read(file);
    check(&routers, &lookups);
    let order = order(order_name == "random", lookups.len());
    time(&routers, &lookups, &order, slice / 4);
    let ns = time(&routers, &lookups, &order, slice);
    let set = std::path::Path::new(file).file_stem().unwrap().to_str().unwrap();
    println!("matchit {set} {order_name} {ns:.2}");
}
