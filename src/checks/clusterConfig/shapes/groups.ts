/** Instance groups: a number of machines of one type. */
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
  { VolumeType: 'text', Iops: 'integer', SizeInGB: { from: 1 }, Throughput: 'integer' },
  'VolumeType',
  'SizeInGB',
);

export const ebsShape = shape<EbsConfiguration>({
  EbsBlockDeviceConfigs: {
    listOf: shape<EbsBlockDeviceConfig>(
      { VolumeSpecification: volumeShape, VolumesPerInstance: { from: 1 } },
      'VolumeSpecification',
    ),
  },
  EbsOptimized: 'flag',
});

export const groupShape = shape<InstanceGroupConfig>(
  {
    Name: 'text',
    Market: marketKind,
    InstanceRole: roleKind,
    BidPrice: 'text',
    InstanceType: 'text',
    InstanceCount: { from: 1 },
    Configurations: { listOf: configurationShape },
    EbsConfiguration: ebsShape,
    AutoScalingPolicy: autoScalingShape,
    CustomAmiId: 'text',
  },
  'InstanceRole',
  'InstanceType',
  'InstanceCount',
);
