/** The parts of the product between a name and the wire, for builds of the containment campaign. */
export { createAwsServices } from '../../src/adapters/aws/awsClient.ts';
export { openDisk } from '../../src/adapters/disk/disk.ts';
export { createObjectStore } from '../../src/adapters/s3/s3.ts';
export { configKey, dagKey } from '../../src/domain/keys.ts';
