// The page's motion on the cases that Python wrote: by how much each differs at most.

import { Camera } from "./motion/camera.js";
import { dragFlat, FlatTour } from "./motion/flat.js";
import { flight, smoothstep } from "./motion/flight.js";
import { agreed, Area, box, carried, Follower, isThin, measured, patience } from "./motion/framing.js";
import { GrandTour, planeOf } from "./motion/grandtour.js";
import { GuidedTour, scatter } from "./motion/guided.js";
import { drag } from "./motion/handle.js";
import { beyond, determinant, entrywise, length, svd, times as product, timesTransposed } from "./motion/linear.js";
import { LittleTour } from "./motion/little.js";
import { LocalTour } from "./motion/local.js";
import { Names } from "./motion/label_placement.js";
import { cueSize, nearness, project } from "./motion/projection.js";
import { Random } from "./motion/random.js";
import { geodesic, rotationExp, rotationLog } from "./motion/rotation.js";
import { inPolygon, inRectangle } from "./motion/selection.js";
import { growth } from "./motion/shot.js";
import { displacement } from "./viewer/movement.js";
import { Pace, slowest } from "./motion/pace.js";
import { Path, Trajectory } from "./motion/trajectory.js";
import { atRest, between, Transition } from "./motion/transition.js";
import { regions } from "./viewer/regions.js";

const LATER = [0, 0.01, 0.4, 9]; // seconds
const TOURS = { grand: GrandTour, little: LittleTour, local: LocalTour };

/** The LDA index of a frame's plane, in [0, 1], penalised as the scatter is. */
function separation(frame, of) {
  const a = planeOf(frame);
  const within = timesTransposed(a, product(of.within, a));
  const whole = timesTransposed(a, product(of.between, a));
  return 1 - determinant(within) / determinant(entrywise((x, y) => x + y, within, whole));
}

/** The root of the squared principal angles between two planes. */
function planeDistance(a, b) {
  const sines = svd(beyond(b, a)).s.reverse();
  return length(svd(timesTransposed(a, b)).s.map((cosine, k) => Math.atan2(sines[k], cosine)));
}

/** The largest difference between two nests of numbers. */
function apart(a, b) {
  if (a?.length !== undefined || b?.length !== undefined) {
    if (a?.length !== b?.length) return Infinity;
    return Math.max(0, ...Array.from(a, (each, k) => apart(each, b[k])));
  }
  return Number.isFinite(+a) ? Math.abs(a - b) : Infinity;
}

const plain = ({ center, zoom }) => [...center, zoom];

const CASES = {
  random: ({ uniform, normal, permutation }) => [
    apart(new Random(2 ** 40 + 7).uniform(9), uniform),
    apart(new Random(3).standardNormal(3, 3), normal),
    apart(new Random(5).permutation(15), permutation),
  ],
  tours: (tours) =>
    tours.map(({ kind, dims, seed, start, frames, later }) => {
      const tour = new TOURS[kind](dims, seed, 0.7);
      const got = frames.slice(0, 60).map(() => tour.advance(0.37));
      tour.frame = start;
      const rest = frames.slice(60).map(() => tour.advance(0.37));
      return apart([...got, ...rest, ...LATER.map((seconds) => tour.later(seconds))], [...frames, ...later]);
    }),
  flat: ({ start, frames, later, drags, dragged }) => {
    const tour = new FlatTour(0.7);
    const got = frames.slice(0, 20).map(() => tour.advance(0.37));
    tour.frame = start;
    const turned = drags.map(([point, target]) => dragFlat(start, point, target));
    const rest = frames.slice(20).map(() => tour.advance(0.37));
    const ahead = LATER.map((seconds) => tour.later(seconds));
    return [apart([...got, ...rest], frames), apart(ahead, later), apart(turned, dragged)];
  },
  minutes: (cases) =>
    cases.flatMap(({ dims, seed, frames }) => {
      const tour = new GrandTour(dims, seed);
      return frames.map((frame) => {
        for (let second = 0; second < 60; second++) tour.advance(1);
        return apart(tour.frame, frame);
      });
    }),
  guided: (cases) =>
    cases.flatMap(({ points, groups, index, frames }) => {
      const of = scatter(points.flat(), groups, 6);
      const tour = new GuidedTour(6, of);
      return [apart(separation(tour.frame, of), index), apart(frames.map(() => tour.advance(0.5)), frames)];
    }),
  geodesics: (cases) =>
    cases.flatMap(({ start, end, times, frames, distance }) => [
      apart(times.map(geodesic(start, end)), frames),
      apart(planeDistance(planeOf(start), planeOf(end)), distance),
    ]),
  drags: (cases) => cases.map(({ frame, point, target, result }) => apart(drag(frame, point, target), result)),
  flights: (cases) =>
    cases.map(({ start, end, times, poses }) => {
      const pose = ({ frame, center, zoom }) => ({ frame, camera: new Camera(center, zoom) });
      const got = times.map(flight(pose(start), pose(end)));
      const flat = ({ frame, camera }) => [...frame.flat(), ...camera.center, camera.zoom];
      return apart(got.map(flat), poses.map((each) => flat(pose(each))));
    }),
  logs: (cases) =>
    cases.flatMap(({ turn, rotation, log }) => [apart(rotationExp(turn), rotation), apart(rotationLog(rotation), log)]),
  camera: ({ pixels, center, zoom, point, smooth }) => {
    const [camera, size] = [new Camera([0.2, -0.4], 1.7), [1280, 757]];
    const later = camera.panned([30, -12], size).zoomed(1.3, [200, 300], size);
    return [
      apart(camera.toPixels([0.3, 0.8], size, 2.5), pixels),
      apart([...later.center, later.zoom], [...center, zoom]),
      apart(camera.fromPixels([100, 50], size, 2.5), point),
      apart([-1, 0, 0.1, 0.35, 0.5, 0.8, 1, 2].map(smoothstep), smooth),
    ];
  },
  transitions: ([seen, held, settled, along]) => {
    let now = atRest(0);
    const differences = seen.flatMap(({ step, wait, blend, mix }) => {
      now = wait ? now.advanced(step) : now.redirected(step);
      return [apart(now.blend, blend), apart(now.mix, mix)];
    });
    return [...differences, apart(between(3.25).blend, held), apart(between(2).blend, settled), apart(between(1.25, [2, 7, 12, 17]).blend, along)];
  },
  projection: ({ a, b, frame, shown, near, size }) => {
    const sides = [a, b].map((each, k) => ({ points: Float32Array.from(each.flat()), share: [0.3, 0.7][k] }));
    const got = project(sides, frame, 20, 5);
    const depth = shown.map((row) => row[2]);
    return [
      apart(got, shown.flat()),
      apart(depth.map((each) => nearness(each, 2, 0.8)), near),
      apart(near.map((each) => cueSize(each, 0.8)), size),
    ];
  },
  framing: ({ a, b, frame, covered, boxes, cloud, cameras }) => {
    const first = a.flat();
    const [near, far] = [a, b].map((rows) => rows.flatMap((row) => [...row, 0, 0, 0])); // four dimensions at a time
    const figures = [
      measured([{ points: near, share: 1 }], frame, 8, 4),
      measured([{ points: near, share: 0.3 }, { points: far, share: 0.7 }], frame, 8, 3),
      box([0, 0, 0, 0, 0, 0]),
      box(cloud.flat()),
    ];
    const area = new Area([1280, 800], covered);
    const fitted = [area, area.within(24), new Area([300, 900])].flatMap((each) => figures.map((figure) => plain(each.fitted(figure))));
    return [
      apart(figures.map(({ center, half }) => [center, half]), boxes),
      apart(fitted, cameras),
    ];
  },
  following: ({ goals, seen, swept, near: little, carried: moved }) => {
    const cameras = goals.map(([x, y, zoom]) => new Camera([x, y], zoom));
    let follower = new Follower(new Camera([0.1, 0.1], 1));
    const got = cameras.flatMap((goal) =>
      [1 / 60, 0.1, 0.004, 0.5, 1].map((seconds) => {
        follower = follower.followed(goal, seconds);
        return [...plain(follower.camera), ...follower.speed, Number(follower.restsAt(goal))];
      }),
    );
    const [a, b, c] = cameras;
    const sweeps = [0.5, 1.4, 3, 9].flatMap((zoom) =>
      cameras.flatMap((from) => cameras.map((to) => plain(new Follower(new Camera([0.3, -0.1], zoom)).swept(from, to).camera))),
    );
    const littles = [1.2, 1.3, 1.5, 1.6].map((zoom) =>
      plain(new Follower(new Camera([0.31, -0.12], 1.45)).swept(a, new Camera([0.33, -0.15], zoom)).camera),
    );
    return [
      apart(got, seen.map((row) => row.map(Number))),
      apart(sweeps, swept),
      apart(littles, little),
      apart([carried(a, b, c), carried(a, a, c), follower.moved(a, b).camera].map(plain), moved),
    ];
  },
  waiting: ({ cases, agreed: shares, clouds, thin }) => [
    apart(cases.map(([off, share]) => agreed((x) => patience(off * x), share)), shares),
    apart(clouds.map((rows) => Number(isThin(Float32Array.from(rows.flat()), 4, 4))), thin.map(Number)),
  ],
  trajectories: ({ covered, middles, halves, own, start, slowness, clocks, seen, joint, closer }) => {
    const area = new Area([1280, 800], covered);
    const figures = middles.map((center, k) => ({ center, half: halves[k] }));
    const zooms = figures.map((figure) => area.fitted(figure).zoom);
    const began = new Follower(new Camera(start.slice(0, 2), start[2]), start.slice(3));
    const path = new Path(figures, zooms, own);
    const pace = path.pace(began);
    const way = new Trajectory(path, pace.taken, began, area);
    const ticks = clocks.map(([elapsed]) => [elapsed, pace.clock(elapsed), pace.at(elapsed)]);
    const both = slowest([pace.within(3), new Pace(own, own.map(() => 1.5)).after(9)]).halfway(pace);
    const got = seen.map(([elapsed]) => {
      const at = way.at(elapsed);
      return [elapsed, ...plain(at.camera), ...at.speed];
    });
    return [apart(pace.slowness, slowness), apart(ticks, clocks), apart(got, seen), apart(both.taken, joint), apart(path.closer(), closer)];
  },
  selection: ({ points, polygon, inside, rectangle }) => {
    const flat = Float32Array.from(points.flat());
    const yes = (mask) => mask.map(Number);
    return [apart(inPolygon(flat, polygon), yes(inside)), apart(inRectangle(flat, [-0.5, 0.7], [0.4, -0.2]), yes(rectangle))];
  },
};

CASES.names = ({ ranks, sizes, titles, steps, seen }) => {
  const names = new Names();
  return steps.map((places, k) => {
    const moving = names.step(places, ranks, sizes, [8, 8, 392, 392], [[0, 0, 90, 90]], 0.1, titles);
    const standing = [...names.standing].map(([each, { place, opacity, leaving }]) => [each, ...place, opacity, leaving]);
    return apart([moving, standing.sort((a, b) => a[0] - b[0])], seen[k]);
  });
};
CASES.regions = ({ points, classes, order, found }) => {
  const search = regions({ n: 3000, dims: 6, stride: 6 }, Float32Array.from(points.flat()), classes, 4, order);
  let step = search.next();
  while (!step.done) step = search.next();
  return [apart(step.value.map(({ row, center, count }) => [row, ...center, count]), found)];
};
CASES.displacement = ({ a, b, distances, same, from_one_place }) => {
  const shape = { n: 30, dims: 5, stride: 8 };
  const [x, y, z] = [a, b, same].map((rows) => Float32Array.from(rows.flatMap((row) => [...row, 0, 0, 0])));
  return [apart(displacement(x, y, shape), distances), apart(displacement(z, y, shape), from_one_place)];
};
CASES.growth = (grown) => [apart([[3, 1000, "dots"], [400, 1000, "dots"], [50, 100_000, "images"], [0, 10, "images"]].map((given) => growth(...given)), grown)];

/** For each case the largest difference. */
export function differences(vectors) {
  return Object.fromEntries(Object.entries(vectors).map(([name, given]) => [name, Math.max(...CASES[name](given))]));
}
