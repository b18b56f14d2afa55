//! The memory of one JavaScript machine. It can be photographed once and put back as often as wanted,
//! which gives every run the same fresh machine, byte for byte (ACT-6, DET-3). It bounds what a run may
//! take and remembers when it refused, since the engine itself may then have no room to say so.

use rquickjs::qjs::{JSMallocFunctions, size_t};
use std::alloc::{Layout, alloc, dealloc, realloc};
use std::ffi::c_void;
use std::ptr::null_mut;

/// The contiguous part, which holds the photographed machine and the first blocks of a run.
const REGION: usize = 1 << 20;
/// In front of every block: its size and its place among the large blocks.
const HEADER: usize = 16;
/// Blocks above this size come from the system.
const LARGE: usize = 32 << 10;
/// Four classes for each power of two from 64 bytes to `LARGE`.
const CLASSES: usize = 44;
const IN_REGION: usize = usize::MAX;

/// The part of the bookkeeping that a photograph includes.
#[derive(Clone, Copy)]
struct Book {
    next: usize,
    free: [*mut u8; CLASSES],
    used: usize,
    limit: usize,
    refused: bool,
}

/// See the module.
pub struct Heap {
    region: *mut u8,
    book: Book,
    large: Vec<*mut u8>,
    photograph: Vec<u8>,
    photographed: Book,
}

fn region_layout() -> Layout {
    // SAFETY: the alignment is a power of two and the size is far below isize::MAX.
    unsafe { Layout::from_size_align_unchecked(REGION, 64) }
}

fn large_layout(size: usize) -> Layout {
    // SAFETY: the alignment is a power of two; sizes are bounded by the limit of the heap, which is
    // checked before a block is made and kept below isize::MAX.
    unsafe { Layout::from_size_align_unchecked(size + HEADER, 16) }
}

/// The class of a size and the size that blocks of the class have.
fn class_of(size: usize) -> (usize, usize) {
    let size = size.max(64);
    let power = (usize::BITS - 1 - (size - 1).leading_zeros()) as usize;
    let step = 1 << power.saturating_sub(2);
    let quarter = (size - (1 << power)).div_ceil(step);
    let rounded = ((1 << power) + quarter * step).next_multiple_of(16);
    ((power * 4 + quarter).saturating_sub(20), rounded)
}

impl Heap {
    /// An empty heap without a limit; None when the system has no memory.
    pub fn new() -> Option<Box<Heap>> {
        // SAFETY: the layout has a size other than zero.
        let region = unsafe { alloc(region_layout()) };
        let book = Book {
            next: 0,
            free: [null_mut(); CLASSES],
            used: 0,
            limit: usize::MAX >> 2,
            refused: false,
        };
        (!region.is_null()).then(|| {
            Box::new(Heap {
                region,
                book,
                large: Vec::new(),
                photograph: Vec::new(),
                photographed: book,
            })
        })
    }

    /// Keeps the present state. Nothing large may be alive, or the photograph would not be whole.
    pub fn photograph(&mut self) -> bool {
        // SAFETY: the first `next` bytes of the region were handed out, so they are its own.
        let bytes = unsafe { std::slice::from_raw_parts(self.region, self.book.next) };
        self.photograph = bytes.to_vec();
        self.photographed = self.book;
        self.large.is_empty()
    }

    /// Puts the photographed state back and allows `room` more bytes than it holds.
    pub fn restore(&mut self, room: usize) {
        self.release_large();
        // SAFETY: the photograph is a prefix of the region, and the two do not overlap.
        unsafe {
            self.region
                .copy_from_nonoverlapping(self.photograph.as_ptr(), self.photograph.len());
        }
        self.book = self.photographed;
        self.book.limit = self.book.used.saturating_add(room).min(usize::MAX >> 2);
    }

    /// Gives large blocks back to the system; what pointed to them is dead.
    pub fn release_large(&mut self) {
        for block in std::mem::take(&mut self.large) {
            // SAFETY: every listed block came from `alloc` with the layout of the size in its header.
            unsafe { dealloc(block, large_layout(block.cast::<usize>().read())) }
        }
    }

    /// Counts memory that a run takes outside of the machine (effects) against its limit.
    pub fn charge(&mut self, bytes: usize) -> bool {
        self.book.refused |= self.book.used.saturating_add(bytes) > self.book.limit;
        self.book.used = self.book.used.saturating_add(bytes);
        !self.book.refused
    }

    /// Whether the limit refused something since the last `restore`.
    pub fn refused(&self) -> bool {
        self.book.refused
    }

    fn admit(&mut self, size: usize) -> bool {
        let fits = self.book.used.saturating_add(size) <= self.book.limit;
        self.book.refused |= !fits;
        fits
    }

    fn take(&mut self, size: usize) -> *mut u8 {
        if !self.admit(size) {
            return null_mut();
        }
        let (class, rounded) = class_of(size);
        if rounded > LARGE || class >= CLASSES {
            return self.take_large(size.next_multiple_of(16));
        }
        let head = self.book.free[class];
        if !head.is_null() {
            // SAFETY: a free block of the region holds the address of the next one in its body.
            self.book.free[class] = unsafe { head.cast::<*mut u8>().read() };
            self.book.used += rounded;
            return head;
        }
        if self.book.next + HEADER + rounded > REGION {
            return self.take_large(rounded);
        }
        // SAFETY: the block lies inside the region, as just checked, and is aligned to 16.
        let block = unsafe { self.region.add(self.book.next) };
        self.book.next += HEADER + rounded;
        self.book.used += rounded;
        self.label(block, rounded, IN_REGION)
    }

    fn take_large(&mut self, size: usize) -> *mut u8 {
        // SAFETY: the layout has a size other than zero.
        let block = unsafe { alloc(large_layout(size)) };
        if block.is_null() {
            self.book.refused = true;
            return null_mut();
        }
        self.large.push(block);
        self.book.used += size;
        self.label(block, size, self.large.len() - 1)
    }

    fn label(&mut self, block: *mut u8, size: usize, place: usize) -> *mut u8 {
        // SAFETY: every block has room for its header in front of its body.
        unsafe {
            block.cast::<usize>().write(size);
            block.cast::<usize>().add(1).write(place);
            block.add(HEADER)
        }
    }

    /// Size and place of a block.
    fn read(body: *const u8) -> (usize, usize) {
        // SAFETY: `body` came from `take`, so its header stands in front of it.
        unsafe {
            let header = body.sub(HEADER).cast::<usize>();
            (header.read(), header.add(1).read())
        }
    }

    fn give_back(&mut self, body: *mut u8) {
        let (size, place) = Heap::read(body);
        self.book.used = self.book.used.saturating_sub(size);
        if place == IN_REGION {
            let (class, _) = class_of(size);
            // SAFETY: the body of a dead block is at least 64 bytes and may hold the link.
            unsafe { body.cast::<*mut u8>().write(self.book.free[class]) };
            self.book.free[class] = body;
            return;
        }
        self.large.swap_remove(place);
        if let Some(moved) = self.large.get(place).copied() {
            self.label(moved, Heap::read(moved.wrapping_add(HEADER)).0, place);
        }
        // SAFETY: the block came from `alloc` with this layout and is no longer listed.
        unsafe { dealloc(body.sub(HEADER), large_layout(size)) }
    }

    fn resize(&mut self, body: *mut u8, size: usize) -> *mut u8 {
        let (old, place) = Heap::read(body);
        if place != IN_REGION && size > LARGE {
            return self.resize_large(body, old, place, size.next_multiple_of(16));
        }
        if size <= old && old <= class_of(size).1 * 2 && place == IN_REGION {
            return body;
        }
        let new = self.take(size);
        if !new.is_null() {
            // SAFETY: two different blocks, each at least as long as what is copied.
            unsafe { new.copy_from_nonoverlapping(body, old.min(size)) };
            self.give_back(body);
        }
        new
    }

    fn resize_large(&mut self, body: *mut u8, old: usize, place: usize, size: usize) -> *mut u8 {
        if size > old && !self.admit(size - old) {
            return null_mut();
        }
        // SAFETY: the block came from `alloc` with the layout of its old size.
        let block = unsafe { realloc(body.sub(HEADER), large_layout(old), size + HEADER) };
        if block.is_null() {
            self.book.refused = true;
            return null_mut();
        }
        self.large[place] = block;
        self.book.used = self.book.used - old + size;
        self.label(block, size, place)
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.release_large();
        // SAFETY: the region came from `alloc` with this layout.
        unsafe { dealloc(self.region, region_layout()) }
    }
}

/// What the engine calls; its opaque pointer is the heap.
pub static FUNCTIONS: JSMallocFunctions = JSMallocFunctions {
    js_calloc: Some(js_calloc),
    js_malloc: Some(js_malloc),
    js_free: Some(js_free),
    js_realloc: Some(js_realloc),
    js_malloc_usable_size: Some(js_malloc_usable_size),
};

// SAFETY of the five: the engine passes back the heap that it was made with, which outlives it and is
// not borrowed while the engine runs; pointers are null or came from this heap.
unsafe extern "C" fn js_calloc(heap: *mut c_void, count: size_t, size: size_t) -> *mut c_void {
    let Some(bytes) = (count as usize).checked_mul(size as usize) else {
        return null_mut();
    };
    // SAFETY: see above; a block is at least as long as asked for.
    unsafe {
        let body = (*heap.cast::<Heap>()).take(bytes);
        if !body.is_null() {
            body.write_bytes(0, bytes);
        }
        body.cast()
    }
}

unsafe extern "C" fn js_malloc(heap: *mut c_void, size: size_t) -> *mut c_void {
    // SAFETY: see above.
    unsafe { (*heap.cast::<Heap>()).take(size as usize).cast() }
}

unsafe extern "C" fn js_free(heap: *mut c_void, body: *mut c_void) {
    if !body.is_null() {
        // SAFETY: see above.
        unsafe { (*heap.cast::<Heap>()).give_back(body.cast()) }
    }
}

unsafe extern "C" fn js_realloc(heap: *mut c_void, body: *mut c_void, size: size_t) -> *mut c_void {
    if body.is_null() {
        // SAFETY: see above.
        return unsafe { js_malloc(heap, size) };
    }
    // SAFETY: see above.
    unsafe {
        (*heap.cast::<Heap>())
            .resize(body.cast(), size as usize)
            .cast()
    }
}

unsafe extern "C" fn js_malloc_usable_size(body: *const c_void) -> size_t {
    if body.is_null() {
        return 0;
    }
    Heap::read(body.cast()).0 as size_t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_was_asked_for_and_never_mix_sizes() {
        let mut sizes = std::collections::BTreeMap::new();
        for size in 1..=LARGE {
            let (class, rounded) = class_of(size);
            assert!(rounded >= size && class < CLASSES, "{size} {class}");
            assert_eq!(*sizes.entry(class).or_insert(rounded), rounded, "{size}");
            assert_eq!(class_of(rounded), (class, rounded), "{size}");
        }
    }

    #[test]
    fn a_restored_heap_hands_out_the_same_addresses() {
        let mut heap = Heap::new().expect("memory");
        let kept = heap.take(100);
        assert!(heap.photograph());
        let first: Vec<_> = [10, 100, 5_000, 70_000].map(|size| heap.take(size)).into();
        heap.give_back(kept);
        heap.restore(1 << 20);
        let second: Vec<_> = [10, 100, 5_000].map(|size| heap.take(size)).into();
        assert_eq!(first[..3], second[..]);
    }

    #[test]
    fn the_limit_refuses_and_is_remembered_until_restored() {
        let mut heap = Heap::new().expect("memory");
        heap.photograph();
        heap.restore(100_000);
        assert!(!heap.take(90_000).is_null());
        assert!(heap.take(20_000).is_null());
        assert!(heap.refused());
        heap.restore(100_000);
        assert!(!heap.refused() && heap.charge(99_000) && !heap.charge(2_000));
    }
}
