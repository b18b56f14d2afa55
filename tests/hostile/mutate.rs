//! Changes an input: single bytes, stretches, tokens of its language, lines and their indent, deep nesting, and parts
//! of other inputs. A function of the dice alone.

use flowproof::trial::{below, pick};
use proptest::test_runner::TestRng;

/// Inputs do not grow beyond this.
const LONGEST: usize = 40_000;

/// The bytes with one to eight changes; `others` lend parts, `tokens` are words of the language.
pub fn mutated(dice: &mut TestRng, from: &[u8], others: &[Vec<u8>], tokens: &[&str]) -> Vec<u8> {
    let mut bytes = from.to_vec();
    for _ in 0..1 + below(dice, 8) {
        match below(dice, 12) {
            0 => flip(dice, &mut bytes),
            1 => set(dice, &mut bytes),
            2 => drop(bytes.drain(stretch(dice, &bytes.clone()))),
            3 => repeat(dice, &mut bytes),
            4 => bytes.truncate(below(dice, bytes.len() + 1)),
            5 => splice(dice, &mut bytes, others),
            6 => nest(dice, &mut bytes, tokens),
            7 | 8 => lines(dice, &mut bytes),
            9 => replace_word(dice, &mut bytes, tokens),
            _ => {
                let token = pick(dice, tokens).copied().unwrap_or("");
                let at = below(dice, bytes.len() + 1);
                bytes.splice(at..at, token.bytes());
            }
        }
        bytes.truncate(LONGEST);
    }
    bytes
}

fn stretch(dice: &mut TestRng, bytes: &[u8]) -> std::ops::Range<usize> {
    let from = below(dice, bytes.len() + 1);
    let length = below(dice, (bytes.len() - from).min(64) + 1);
    from..from + length
}

fn flip(dice: &mut TestRng, bytes: &mut [u8]) {
    let (at, bit) = (below(dice, bytes.len()), below(dice, 8));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

fn set(dice: &mut TestRng, bytes: &mut [u8]) {
    let odd = [
        0, b'\t', b'\r', b'\n', b'"', b'\'', b'\\', b'{', b'}', b':', b'#', b'&', b'*', 0x7f, 0x80,
        0xff,
    ];
    let at = below(dice, bytes.len());
    if let (Some(byte), Some(value)) = (bytes.get_mut(at), pick(dice, &odd)) {
        *byte = *value;
    }
}

fn repeat(dice: &mut TestRng, bytes: &mut Vec<u8>) {
    let range = stretch(dice, bytes);
    let times = 1 + below(dice, 40);
    let piece = bytes[range.clone()].repeat(times);
    bytes.splice(range.end..range.end, piece);
}

fn splice(dice: &mut TestRng, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
    let Some(other) = pick(dice, others) else {
        return;
    };
    let from = below(dice, other.len() + 1);
    let length = below(dice, other.len() - from + 1);
    let at = below(dice, bytes.len() + 1);
    bytes.splice(at..at, other[from..from + length].iter().copied());
}

/// One token many times, as brackets nest.
fn nest(dice: &mut TestRng, bytes: &mut Vec<u8>, tokens: &[&str]) {
    let token = pick(dice, tokens).copied().unwrap_or("[");
    let piece = token.repeat([2, 60, 300, 4_000][below(dice, 4)]);
    let at = below(dice, bytes.len() + 1);
    bytes.splice(at..at, piece.bytes());
}

/// Lines are moved, doubled, dropped, or indented otherwise.
fn lines(dice: &mut TestRng, bytes: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let at = below(dice, lines.len());
    match below(dice, 4) {
        0 => {
            let line = lines.remove(at);
            let to = below(dice, lines.len() + 1);
            lines.insert(to, line);
        }
        1 => lines.insert(at, lines[at].clone()),
        2 => drop(lines.remove(at)),
        _ => {
            let space = b" ".repeat(below(dice, 6));
            lines[at].splice(0..0, space);
        }
    }
    *bytes = lines.join(&b'\n');
}

/// A word becomes a word of the language.
fn replace_word(dice: &mut TestRng, bytes: &mut Vec<u8>, tokens: &[&str]) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let at = below(dice, bytes.len());
    let Some(start) = (at..bytes.len()).find(|at| is_word(&bytes[*at])) else {
        return;
    };
    let end = (start..bytes.len())
        .find(|at| !is_word(&bytes[*at]))
        .unwrap_or(bytes.len());
    let token = pick(dice, tokens).copied().unwrap_or("");
    bytes.splice(start..end, token.bytes());
}
