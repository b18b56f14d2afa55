//! Generated typed cases without actions: drawn, executed by the engine and the reference, and judged; one thread.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flowproof::fuzz::{Actions, Job, Mode, run};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// So many that flows are run in as many worlds as they are at length.
const CASES: u64 = 40_000;

fn cases(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fuzz");
    group
        .throughput(Throughput::Elements(CASES))
        .sample_size(10);
    let mut seed = 0;
    group.bench_function("typed cases without actions", |bench| {
        bench.iter(|| {
            seed += 1;
            let mut job = Job::new(seed, CASES, Mode::Typed);
            job.actions = Actions::Without;
            black_box(run(&job))
        });
    });
    group.finish();
}

criterion_group!(benches, cases);
criterion_main!(benches);
