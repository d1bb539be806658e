/** Instance groups: a number of instances of one type. */
import type {
  EbsBlockDeviceConfig,
  EbsConfiguration,
  InstanceGroupConfig,
  InstanceRoleType,
  VolumeSpecification,
} from '@aws-sdk/client-emr';
import { type Kind, shape } from './kind.ts';
import { autoScalingShape, marketKind } from './scaling.ts';
import { configurationShape } from './software.ts';

export const roleKind: Kind = { oneOf: ['MASTER', 'CORE', 'TASK'] satisfies InstanceRoleType[] };

const volumeShape = shape<VolumeSpecification>(
  { VolumeType: 'string', Iops: 'integer', SizeInGB: { min: 1 }, Throughput: 'integer' },
  'VolumeType',
  'SizeInGB',
);

export const ebsShape = shape<EbsConfiguration>({
  EbsBlockDeviceConfigs: {
    listOf: shape<EbsBlockDeviceConfig>(
      { VolumeSpecification: volumeShape, VolumesPerInstance: { min: 1 } },
      'VolumeSpecification',
    ),
  },
  EbsOptimized: 'boolean',
});

export const groupShape = shape<InstanceGroupConfig>(
  {
    Name: 'string',
    Market: marketKind,
    InstanceRole: roleKind,
    BidPrice: 'string',
    InstanceType: 'string',
    InstanceCount: { min: 1 },
    Configurations: { listOf: configurationShape },
    EbsConfiguration: ebsShape,
    AutoScalingPolicy: autoScalingShape,
    CustomAmiId: 'string',
  },
  'InstanceRole',
  'InstanceType',
  'InstanceCount',
);
