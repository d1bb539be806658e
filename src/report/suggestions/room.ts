import { mostSteps, roomAt, type StepRoom } from '../../dag/clusterConfig/capacity.ts';

export function hasRoom(slots: number, room: StepRoom | undefined): boolean {
  const at = room && roomAt(slots, room);
  return at === undefined || at.needed <= at.held;
}

/** Ends a sentence: what so many steps ask of the nodes against what these have; a condition where only one side is known. */
export function roomFor(slots: number, room: StepRoom | undefined): string {
  if (!room) return ', and if the nodes have the capacity: dags/cluster_configs/README.md has the sum';
  const { executors, executorMb, driverMb, nodes = [] } = room;
  const at = roomAt(slots, room);
  if (!at) {
    const drivers = driverMb > 0 ? ` and ${slots} drivers of ${driverMb} MiB` : '';
    const left = driverMb > 0 ? '' : ', drivers not counted';
    return `, and if the nodes have the capacity for ${slots * executors} executors of ${executorMb} MiB${drivers}: ${slots * (executors * executorMb + driverMb)} MiB of YARN memory${left}`;
  }
  const { needed, drivers, held } = at;
  const inside = drivers > 0 ? `, drivers in the space of ${drivers}` : ', drivers not counted';
  const machines = nodes.map(({ count, type }) => `${count} × ${type}`).join(' and ');
  return `; ${slots} steps ask YARN for ${needed} containers of ${executorMb} MiB${inside}, and ${machines} provide ${held}: enough for ${mostSteps(room)} steps at once`;
}

/** `4 more core nodes (m6i.2xlarge)`; undefined where they fit or nobody can say. */
export function moreNodesFor(slots: number, room: StepRoom | undefined): string | undefined {
  const at = room && roomAt(slots, room);
  if (!room || !at || at.needed <= at.held) return undefined;
  if (at.moreNodes === undefined) return 'larger core nodes: no executor fits these';
  return `${at.moreNodes} more core node${at.moreNodes === 1 ? '' : 's'} (${room.nodes?.[0]?.type})`;
}

/** A cell of the table of other slots; undefined where nobody can say. */
export function roomCell(slots: number, room: StepRoom | undefined): string | undefined {
  const at = room && roomAt(slots, room);
  if (!room || !at) return undefined;
  if (at.needed <= at.held) return 'yes';
  return `needs ${moreNodesFor(slots, room)}`;
}
