//! EXIF is a TIFF of tags. The one that counts is how the picture must be turned; all others tell of whoever took it.

/// The turn (1 to 8) that a block of EXIF tells, if it is another than none.
pub(super) fn turn(block: &[u8]) -> Option<u8> {
    let little = match block.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two: [u8; 2] = block.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let four: [u8; 4] = block.get(4..8)?.try_into().ok()?;
    let first = usize::try_from(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }).ok()?;
    let count = usize::from(short(first)?);
    let entry = (0..count).map_while(|n| first.checked_add(2 + 12 * n)).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(entry.checked_add(8)?)?).ok().filter(|turn| (2..=8).contains(turn))
}

/// A block that tells a turn and nothing else.
pub(super) const fn only(turn: u8) -> [u8; 26] {
    [b'M', b'M', 0, b'*', 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0, 0, 0, 0, 0]
}

/// Whether a turn lays the picture on its side.
pub(super) const fn sideways(turn: u8) -> bool {
    turn >= 5
}
