//! Random histories. An honest publisher follows the table of the rule. Before and after each step, an adversary
//! presents earlier publications again, with trees of any shard. Every honest step must be accepted. No replay may be
//! accepted, whichever process judges it, with the store or with its own floor.

#![allow(clippy::arithmetic_side_effects, reason = "a test")]

use super::pending_records::{PendingRecords, Rules, Texts};
use super::record::{LogMark, ScopeName};
use super::rule::{Content, FirstUse, Freshness};
use crate::encoding::json;
use crate::encoding::time::Time;
use crate::error::{Code, Result};

const HISTORIES: u32 = 3_000;
const STEPS: u32 = 10;
const PROCESSES: usize = 3;

/// Pseudo-random numbers, which are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Keys and texts, in a store or in a process.
type Kept = Vec<(String, String)>;

fn kept<'k>(records: &'k Kept, key: &str) -> Option<&'k str> {
    records.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
}

fn keep(records: &mut Kept, key: &str, text: String) {
    records.retain(|(known, _)| known != key);
    records.push((key.to_owned(), text));
}

struct World {
    random: Random,
    store: Kept,
    backup: Kept,
    floors: [Kept; PROCESSES],
    /// The process that saw the newest step.
    newest: usize,
    rules: Rules,
}

/// A tree of any shard. The log is honest, so there is one root for each size.
fn any_tree(random: &mut Random) -> LogMark {
    let (shard, size) = (random.below(3), random.below(40) + 1);
    LogMark {
        origin: format!("log - {shard}"),
        log_key: [7; 32],
        tree_size: size,
        root_hash: [u8::try_from(size).unwrap(); 32],
        note: String::new(),
    }
}

impl World {
    /// A process judges verified content, together with trees that the adversary chose.
    fn present(&mut self, process: usize, content: &Content, trees: &[LogMark]) -> Result<()> {
        let floor = &mut self.floors[process];
        let mut records = PendingRecords::new(trees, Some(content.clone()), self.rules)?;
        let text = records.to_json();
        let parsed = json::parse(text.as_bytes(), 1 << 20).unwrap();
        let keys: Vec<&str> =
            parsed.as_array().unwrap().iter().map(|item| item.get("key").unwrap().as_str().unwrap()).collect();
        let mut writes = Vec::new();
        for key in &keys {
            let texts = Texts { stored: kept(&self.store, key), floor: kept(floor, key) };
            writes.push((*key, records.judge(key, texts, &|_| true)?));
        }
        for (key, next) in writes {
            if let Some(next) = next {
                keep(&mut self.store, key, next);
            }
            let stands = kept(&self.store, key).unwrap().to_owned();
            keep(floor, key, stands);
            records.mark_stored(key)?;
        }
        assert!(records.are_all_stored());
        Ok(())
    }

    fn any_process(&mut self) -> usize {
        self.random.place(PROCESSES)
    }

    /// Presents published content again. Only the newest may be accepted.
    fn attack(&mut self, published: &[Content]) {
        for _ in 0..self.random.below(4) {
            let chosen = &published[self.random.place(published.len())];
            let trees: Vec<LogMark> = (0..self.random.below(3)).map(|_| any_tree(&mut self.random)).collect();
            let process = if self.store == self.backup { self.newest } else { self.any_process() };
            let outcome = self.present(process, chosen, &trees);
            let newest = published.last().unwrap();
            match outcome {
                // An older signature of the newest content is not a replay, because the content is the same.
                Ok(()) => assert!(chosen.digest == newest.digest, "a replay was accepted: {chosen:?} after {newest:?}"),
                Err(error) if chosen == newest => {
                    assert_eq!((self.rules.freshness, error.code()), (Freshness::Log, Code::LogRollback));
                }
                Err(error) => assert!(matches!(error.code(), Code::CatalogueRollback | Code::LogRollback)),
            }
        }
    }
}

/// How a publisher marks a release as newer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Habit {
    Versions,
    /// By a version, from some step on.
    VersionsLater(u32),
    /// By a new certificate for each release.
    Certificates,
}

/// The next release, by the table.
fn release(random: &mut Random, habit: Habit, is_keyless: bool, step: u32, published: &[Content]) -> Content {
    let last = published.last();
    let has_version = match habit {
        Habit::Versions => true,
        Habit::VersionsLater(from) => step >= from,
        Habit::Certificates => false,
    };
    let version = has_version
        .then(|| last.and_then(|last| last.version).map_or(random.below(3), |before| before + 1 + random.below(3)));
    // A version needs no later certificate. Without a version, one second later is enough.
    let seconds = last.and_then(|last| last.not_before).map_or(0, Time::as_seconds);
    let later = i64::try_from(random.below(3)).unwrap() + i64::from(!has_version);
    let not_before = is_keyless.then(|| Time::from_seconds(seconds + later).unwrap());
    // Content that was published before may come back, unless it has a version, which is part of the content.
    let known = if has_version { None } else { published.get(usize::try_from(random.below(8)).unwrap()) };
    let fresh = u8::try_from(step).unwrap() + 1;
    Content {
        name: ScopeName { policy: "p".into(), server: Some("s".into()), scope: None },
        version,
        not_before,
        digest: known.filter(|_| random.chance(30)).map_or([fresh; 32], |known| known.digest),
    }
}

#[test]
fn honest_releases_pass_and_replays_never_do() {
    let mut accepted = 0_u32;
    for seed in 0..HISTORIES {
        let mut random = Random(u64::from(seed));
        let is_keyless = random.chance(60);
        let habit = match random.below(3) {
            0 => Habit::Versions,
            // Under a key, only a version makes content newer. So only the first release may lack one.
            1 => Habit::VersionsLater(if is_keyless { u32::try_from(random.below(6)).unwrap() } else { 1 }),
            _ if is_keyless => Habit::Certificates,
            _ => Habit::Versions,
        };
        let freshness = if random.chance(25) { Freshness::Log } else { Freshness::Scope };
        let mut world = World {
            random,
            store: Kept::new(),
            backup: vec![("none".into(), String::new())],
            floors: Default::default(),
            newest: 0,
            rules: Rules { freshness, first_use: FirstUse::Record },
        };
        let mut published: Vec<Content> = Vec::new();
        for step in 0..STEPS {
            let next = release(&mut world.random, habit, is_keyless, step, &published);
            let process = if world.store == world.backup { world.newest } else { world.any_process() };
            let tree = any_tree(&mut world.random);
            let outcome = world.present(process, &next, &[tree]);
            match outcome {
                Ok(()) => {
                    accepted += 1;
                    published.push(next);
                    world.newest = process;
                }
                // A stranger may have raised the log's mark, which this option allows. Nothing is published then.
                Err(error) if freshness == Freshness::Log => assert_eq!(error.code(), Code::LogRollback),
                Err(error) => panic!("{seed}: {habit:?} {next:?} after {:?}: {error}", published.last()),
            }
            if published.is_empty() {
                continue;
            }
            world.attack(&published);
            match world.random.below(8) {
                0 => world.backup = world.store.clone(),
                // The store goes back to an older state, or is emptied. The running process keeps its floor.
                1 => {
                    world.store = world.backup.clone();
                    world.attack(&published);
                }
                2 => {
                    world.store.clear();
                    world.backup.clear();
                    world.attack(&published);
                }
                _ => {}
            }
        }
    }
    assert!(accepted > HISTORIES * STEPS / 2, "{accepted}");
}
