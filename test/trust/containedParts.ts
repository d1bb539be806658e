/** The parts of the product between a name and the wire, for builds of the containment campaign. */
export { createAwsServices } from '../../src/adapters/aws/awsClient.ts';
export { openChecksFolder } from '../../src/adapters/disk/checksFolder.ts';
export { openDisk } from '../../src/adapters/disk/disk.ts';
export { createObjectStore } from '../../src/adapters/s3/s3.ts';
export { sha256 } from '../../src/domain/digest.ts';
export { configKey, dagKey } from '../../src/domain/keys.ts';
