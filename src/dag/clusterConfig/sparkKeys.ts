/** Spark's own settings, to find a misspelled one: Spark ignores a key that it does not know. */
import { withinEdits } from '../../domain/text.ts';

/** Without `spark.`; from the classes of Spark 3.5.6 and 4.0.1, as far as a cluster config sets them. */
const known = new Set(
  `
  app.name archives broadcast.UDFCompressionThreshold broadcast.blockSize broadcast.checksum
  broadcast.compress cleaner.periodicGC.interval cleaner.referenceTracking
  cleaner.referenceTracking.blocking decommission.enabled default.parallelism driver driver.appUIAddress
  driver.bindAddress driver.blockManager.port driver.cores driver.defaultExtraClassPath
  driver.defaultJavaOptions driver.extraClassPath driver.extraJavaOptions driver.extraLibraryPath
  driver.host driver.libraryPath driver.log.allowErasureCoding driver.log.dfsDir driver.log.layout
  driver.log.localDir driver.log.persistToDfs.enabled driver.maxResultSize driver.memory
  driver.memoryOverhead driver.memoryOverheadFactor driver.minMemoryOverhead driver.port
  driver.resourcesFile driver.supervise driver.timeout driver.userClassPathFirst
  dynamicAllocation.cachedExecutorIdleTimeout dynamicAllocation.enabled
  dynamicAllocation.executorAllocationRatio dynamicAllocation.executorIdleTimeout
  dynamicAllocation.initialExecutors dynamicAllocation.maxExecutors dynamicAllocation.minExecutors
  dynamicAllocation.schedulerBacklogTimeout dynamicAllocation.shuffleTracking.enabled
  dynamicAllocation.shuffleTracking.timeout eventLog.buffer.kb eventLog.compress eventLog.compression.codec
  eventLog.dir eventLog.enabled eventLog.erasureCoding.enabled eventLog.includeTaskMetricsAccumulators
  eventLog.logBlockUpdates.enabled eventLog.logStageExecutorMetrics eventLog.longForm.enabled
  eventLog.overwrite eventLog.rolling.enabled eventLog.rolling.maxFileSize
  excludeOnFailure.application.enabled excludeOnFailure.application.fetchFailure.enabled
  excludeOnFailure.application.maxFailedExecutorsPerNode
  excludeOnFailure.application.maxFailedTasksPerExecutor excludeOnFailure.enabled
  excludeOnFailure.killExcludedExecutors excludeOnFailure.stage.maxFailedExecutorsPerNode
  excludeOnFailure.stage.maxFailedTasksPerExecutor excludeOnFailure.task.maxTaskAttemptsPerExecutor
  excludeOnFailure.task.maxTaskAttemptsPerNode excludeOnFailure.taskAndStage.enabled
  excludeOnFailure.timeout executor executor.allowSparkContext executor.cores
  executor.decommission.forceKillTimeout executor.decommission.killInterval executor.decommission.signal
  executor.defaultExtraClassPath executor.defaultJavaOptions executor.extraClassPath
  executor.extraJavaOptions executor.extraLibraryPath executor.failuresValidityInterval
  executor.heartbeat.maxFailures executor.heartbeatInterval executor.id executor.instances
  executor.killOnFatalError.depth executor.logs.rolling.enableCompression
  executor.logs.rolling.maxRetainedFiles executor.logs.rolling.maxSize executor.logs.rolling.size.maxBytes
  executor.logs.rolling.strategy executor.logs.rolling.time.interval executor.maxNumFailures executor.memory
  executor.memoryOverhead executor.memoryOverheadFactor executor.metrics.fileSystemSchemes
  executor.metrics.pollingInterval executor.minMemoryOverhead executor.plugins executor.port
  executor.processTreeMetrics.enabled executor.pyspark.memory executor.python.worker.log.details
  executor.syncLogLevel.enabled executor.userClassPathFirst files files.fetchFailure.unRegisterOutputOnHost
  files.fetchTimeout files.ignoreCorruptFiles files.ignoreMissingFiles files.io.threads
  files.maxPartitionBytes files.openCostInBytes files.overwrite files.useFetchCache files.userClassPathFirst
  hadoop hadoop.cloneConf hadoop.fs.s3a.committer.magic.enabled hadoop.fs.s3a.committer.name
  hadoop.fs.s3a.vectored.read.min.seek.size hadoop.mapreduce.fileoutputcommitter.algorithm.version
  hadoop.outputCommitCoordination.enabled hadoop.validateOutputSpecs hadoop.yarn.resourcemanager.principal
  history.custom.executor.log.url history.custom.executor.log.url.applyIncompleteApplication
  history.fs.cleaner.enabled history.fs.cleaner.interval history.fs.cleaner.interval.seconds
  history.fs.cleaner.maxAge history.fs.cleaner.maxAge.seconds history.fs.cleaner.maxNum
  history.fs.driverlog.cleaner.enabled history.fs.driverlog.cleaner.interval
  history.fs.driverlog.cleaner.maxAge history.fs.endEventReparseChunkSize
  history.fs.eventLog.rolling.compaction.score.threshold history.fs.inProgressOptimization.enabled
  history.fs.logDirectory history.fs.numReplayThreads history.fs.safemodeCheck.interval
  history.fs.update.batchSize history.fs.update.interval history.fs.update.interval.seconds
  history.fs.updateInterval history.kerberos.enabled history.kerberos.keytab history.kerberos.principal
  history.provider history.retainedApplications history.store.hybridStore.diskBackend
  history.store.hybridStore.enabled history.store.maxDiskUsage history.store.path history.store.serializer
  history.ui.acls.enable history.ui.admin.acls history.ui.admin.acls.groups history.ui.maxApplications
  history.ui.port history.ui.title history.updateInterval io.compression.codec io.compression.lz4.block.size
  io.compression.lz4.blockSize io.compression.lzf.parallel.enabled io.compression.snappy.block.size
  io.compression.snappy.blockSize io.compression.zstd.bufferPool.enabled io.compression.zstd.bufferSize
  io.compression.zstd.level io.compression.zstd.workers io.crypto.cipher.transformation
  io.encryption.enabled io.encryption.keySizeBits io.encryption.keygen.algorithm
  io.warning.largeFileThreshold jars jars.excludes jars.ivy jars.ivySettings jars.packages jars.repositories
  kryo.classesToRegister kryo.pool kryo.referenceTracking kryo.registrationRequired kryo.registrator
  kryo.unsafe kryoserializer.buffer kryoserializer.buffer.max kryoserializer.buffer.max.mb
  kryoserializer.buffer.mb locality.wait locality.wait.legacyResetOnTaskLaunch locality.wait.node
  locality.wait.process locality.wait.rack master master.rest.enabled master.rest.filters master.rest.host
  master.rest.maxThreads master.rest.port master.rest.virtualThread.enabled
  master.ui.decommission.allow.mode master.ui.historyServerUrl master.ui.port master.ui.title
  master.ui.visibleEnvVarPrefixes master.useAppNameAsAppId.enabled master.useDriverIdAsAppName.enabled
  memory.fraction memory.offHeap.enabled memory.offHeap.size memory.storageFraction network
  network.auth.rpcTimeout network.crypto.authEngineVersion network.crypto.cipher network.crypto.enabled
  network.crypto.saslFallback network.io.preferDirectBufs network.maxRemoteBlockSizeFetchToMem
  network.remoteReadNioBufferConversion network.sasl.maxEncryptedBlockSize network.sasl.serverAlwaysEncrypt
  network.sharedByteBufAllocators.enabled network.ssl.maxEncryptedBlockSize network.timeout
  network.timeoutInterval pyspark.driver.python pyspark.python python.authenticate.socketTimeout
  python.daemon.module python.sql.dataFrameDebugging.enabled python.task.killTimeout python.use.daemon
  python.worker.faulthandler.enabled python.worker.idleTimeoutSeconds python.worker.module
  python.worker.reuse rdd.cache.visibilityTracking.enabled rdd.compress rdd.limit.initialNumPartitions
  rdd.limit.scaleUpFactor rdd.parallelListingThreshold rdd.scope rdd.scope.noOverride
  reducer.maxBlocksInFlightPerAddress reducer.maxMbInFlight reducer.maxReqSizeShuffleToMem
  reducer.maxReqsInFlight reducer.maxSizeInFlight resources.discoveryPlugin rpc rpc.askTimeout
  rpc.connect.threads rpc.io.numConnectionsPerPeer rpc.io.threads rpc.lookupTimeout rpc.message.maxSize
  rpc.netty.dispatcher.numThreads rpc.numRetries rpc.retry.wait scheduler.allocation.file
  scheduler.barrier.maxConcurrentTasksCheck.maxFailures
  scheduler.dropTaskInfoAccumulablesOnTaskCompletion.enabled
  scheduler.excludeOnFailure.unschedulableTaskSetTimeout scheduler.executorTaskBlacklistTime
  scheduler.listenerbus.eventqueue scheduler.listenerbus.eventqueue.capacity
  scheduler.listenerbus.eventqueue.queueName.capacity scheduler.listenerbus.eventqueue.size
  scheduler.listenerbus.exitTimeout scheduler.listenerbus.logSlowEvent
  scheduler.listenerbus.metrics.maxListenerClassesTimed scheduler.minRegisteredResourcesRatio scheduler.mode
  scheduler.numCancelledJobGroupsToTrack scheduler.pool scheduler.revive.interval
  scheduler.stage.legacyAbortAfterKillTasks serializer serializer.extraDebugInfo
  serializer.objectStreamReset shuffle.accurateBlockSkewedFactor shuffle.accurateBlockThreshold
  shuffle.checksum.algorithm shuffle.checksum.enabled shuffle.compress shuffle.detectCorrupt
  shuffle.detectCorrupt.useExtraMemory shuffle.file.buffer shuffle.file.buffer.kb shuffle.file.merge.buffer
  shuffle.localDisk.file.output.buffer shuffle.manager shuffle.mapOutput.dispatcher.numThreads
  shuffle.mapOutput.minSizeForBroadcast shuffle.mapStatus.compression.codec
  shuffle.maxAccurateSkewedBlockNumber shuffle.maxAttemptsOnNettyOOM shuffle.maxChunksBeingTransferred
  shuffle.push.enabled shuffle.push.finalize.timeout shuffle.push.maxBlockBatchSize
  shuffle.push.maxBlockSizeToPush shuffle.push.maxRetainedMergerLocations shuffle.push.merge.finalizeThreads
  shuffle.push.mergersMinStaticThreshold shuffle.push.mergersMinThresholdRatio
  shuffle.push.minCompletedPushRatio shuffle.push.minShuffleSizeToWait shuffle.push.numPushThreads
  shuffle.push.results.timeout shuffle.push.sendFinalizeRPCThreads
  shuffle.push.server.ioExceptionsThresholdDuringMerge
  shuffle.push.server.mergedShuffleCleaner.shutdown.timeout shuffle.readHostLocalDisk
  shuffle.reduceLocality.enabled shuffle.registration.maxAttempts shuffle.registration.timeout
  shuffle.sasl.enableRetries shuffle.service.db.backend shuffle.service.db.enabled shuffle.service.enabled
  shuffle.service.fetch.rdd.enabled shuffle.service.index.cache.entries shuffle.service.index.cache.size
  shuffle.service.name shuffle.service.port shuffle.service.removeShuffle shuffle.sort.bypassMergeThreshold
  shuffle.sort.initialBufferSize shuffle.sort.io.plugin.class shuffle.sort.useRadixSort shuffle.spill
  shuffle.spill.batchSize shuffle.spill.compress shuffle.spill.diskWriteBufferSize
  shuffle.spill.initialMemoryThreshold shuffle.sync shuffle.unsafe.fastMergeEnabled
  shuffle.unsafe.file.output.buffer shuffle.useOldFetchProtocol speculation speculation.efficiency.enabled
  speculation.interval speculation.minTaskRuntime speculation.multiplier speculation.quantile
  speculation.task.duration.threshold sql.adaptive.advisoryPartitionSizeInBytes
  sql.adaptive.autoBroadcastJoinThreshold sql.adaptive.coalescePartitions.enabled
  sql.adaptive.customCostEvaluatorClass sql.adaptive.enabled sql.adaptive.fetchShuffleBlocksInBatch
  sql.adaptive.forceApply sql.adaptive.forceOptimizeSkewedJoin sql.adaptive.localShuffleReader.enabled
  sql.adaptive.logLevel sql.adaptive.optimizeSkewsInRebalancePartitions.enabled
  sql.adaptive.optimizer.excludedRules sql.adaptive.rebalancePartitionsSmallPartitionFactor
  sql.adaptive.skewJoin.enabled sql.adaptive.skewJoin.skewedPartitionThresholdInBytes
  sql.autoBroadcastJoinThreshold sql.broadcastTimeout sql.catalogImplementation sql.defaultCatalog
  sql.extensions sql.files.ignoreCorruptFiles sql.files.ignoreInvalidPartitionPaths
  sql.files.ignoreMissingFiles sql.files.maxPartitionBytes sql.files.maxPartitionNum
  sql.files.maxRecordsPerFile sql.files.minPartitionNum sql.files.openCostInBytes
  sql.files.supportSecondOffsetFormat sql.hive.caseSensitiveInferenceMode sql.hive.convertCTAS
  sql.hive.convertInsertingPartitionedTable sql.hive.convertMetastoreCtas sql.hive.convertMetastoreInsertDir
  sql.hive.convertMetastoreOrc sql.hive.convertMetastoreParquet sql.hive.dropPartitionByName.enabled
  sql.hive.filesourcePartitionFileCacheSize sql.hive.gatherFastStats sql.hive.manageFilesourcePartitions
  sql.hive.metastore.barrierPrefixes sql.hive.metastore.jars sql.hive.metastore.jars.path
  sql.hive.metastore.sharedPrefixes sql.hive.metastore.version sql.hive.metastorePartitionPruning
  sql.hive.metastorePartitionPruningFallbackOnException sql.hive.tablePropertyLengthThreshold
  sql.hive.thriftServer.async sql.hive.thriftServer.singleSession sql.hive.verifyPartitionPath
  sql.optimizer.dynamicPartitionPruning.fallbackFilterRatio
  sql.optimizer.dynamicPartitionPruning.reuseBroadcastOnly sql.parquet.aggregatePushdown
  sql.parquet.binaryAsString sql.parquet.columnarReaderBatchSize sql.parquet.compression.codec
  sql.parquet.datetimeRebaseModeInRead sql.parquet.datetimeRebaseModeInWrite
  sql.parquet.enableVectorizedReader sql.parquet.fieldId.read.enabled sql.parquet.fieldId.read.ignoreMissing
  sql.parquet.fieldId.write.enabled sql.parquet.filterPushdown sql.parquet.filterPushdown.date
  sql.parquet.filterPushdown.decimal sql.parquet.filterPushdown.timestamp
  sql.parquet.inferTimestampNTZ.enabled sql.parquet.int64AsTimestampMillis sql.parquet.int96AsTimestamp
  sql.parquet.int96RebaseModeInRead sql.parquet.int96RebaseModeInWrite sql.parquet.int96TimestampConversion
  sql.parquet.mergeSchema sql.parquet.output.committer.class sql.parquet.outputTimestampType
  sql.parquet.pushdown.inFilterThreshold sql.parquet.recordLevelFilter.enabled
  sql.parquet.respectSummaryFiles sql.parquet.writeLegacyFormat sql.session.localRelationCacheThreshold
  sql.session.timeZone sql.shuffle.partitions sql.sources.binaryFile.maxLength sql.sources.bucketing.enabled
  sql.sources.bucketing.maxBuckets sql.sources.commitProtocolClass sql.sources.default
  sql.sources.fileCompressionFactor sql.sources.ignoreDataLocality sql.sources.outputCommitterClass
  sql.sources.partitionOverwriteMode sql.sources.schema.num sql.sources.schemaStringLengthThreshold
  sql.sources.useListFilesFileSystemList sql.sources.useV1SourceList
  sql.sources.v2.bucketing.allowCompatibleTransforms.enabled sql.sources.v2.bucketing.enabled
  sql.sources.validatePartitionColumns sql.sources.writeJobUUID sql.warehouse.dir
  stage.ignoreDecommissionFetchFailure stage.maxAttempts stage.maxConsecutiveAttempts
  storage.blockManagerHeartbeatTimeoutMs storage.blockManagerSlaveTimeoutMs
  storage.blockManagerTimeoutIntervalMs storage.cachedPeersTtl storage.cleanupFilesAfterExecutorExit
  storage.decommission.enabled storage.decommission.fallbackStorage.path
  storage.decommission.rddBlocks.enabled storage.exceptionOnPinLeak storage.localDiskByExecutors.cacheSize
  storage.maxReplicationFailures storage.memoryMapLimitForTests storage.memoryMapThreshold
  storage.replication.policy storage.replication.proactive storage.replication.topologyFile
  storage.replication.topologyMapper storage.unrollMemoryCheckPeriod storage.unrollMemoryGrowthFactor
  storage.unrollMemoryThreshold submit.appName submit.deployMode submit.pyFiles task task.cpus
  task.maxDirectResultSize task.maxFailures task.reaper.enabled task.reaper.killTimeout
  task.reaper.pollingInterval task.reaper.threadDump ui.allowFramingFrom ui.consoleProgress.update.interval
  ui.custom.executor.log.url ui.dagGraph.retainedRootRDDs ui.enabled ui.filters
  ui.groupSQLSubExecutionEnabled ui.heapHistogramEnabled ui.jettyStopTimeout ui.killEnabled
  ui.liveUpdate.minFlushPeriod ui.liveUpdate.period ui.port ui.prometheus.enabled ui.proxyBase
  ui.proxyRedirectUri ui.requestHeaderSize ui.retainedDeadExecutors ui.retainedJobs ui.retainedStages
  ui.retainedTasks ui.reverseProxy ui.reverseProxyUrl ui.showConsoleProgress ui.store.path
  ui.strictTransportSecurity ui.threadDump.flamegraphEnabled ui.threadDumpsEnabled
  ui.timeline.executors.maximum ui.timeline.jobs.maximum ui.timeline.stages.maximum
  ui.timeline.tasks.maximum ui.timelineEnabled ui.view.acls ui.view.acls.groups
  ui.xContentTypeOptions.enabled ui.xXssProtection yarn.access.hadoopFileSystems yarn.access.namenodes
  yarn.am.attemptFailuresValidityInterval yarn.am.clientModeExitOnError
  yarn.am.clientModeTreatDisconnectAsFailed yarn.am.cores yarn.am.extraJavaOptions yarn.am.extraLibraryPath
  yarn.am.finalMessageLimit yarn.am.memory yarn.am.memoryOverhead yarn.am.nodeLabelExpression yarn.am.port
  yarn.am.tokenConfRegex yarn.am.waitTime yarn.app.attemptId yarn.app.id yarn.applicationMaster.waitTries
  yarn.applicationType yarn.archive yarn.cache.confArchive yarn.cache.filenames yarn.cache.sizes
  yarn.cache.timestamps yarn.cache.types yarn.cache.visibilities yarn.client.statCache.preload.enabled
  yarn.client.statCache.preloaded.enabled yarn.clientLaunchMonitorInterval yarn.config.gatewayPath
  yarn.config.replacementPath yarn.containerLauncherMaxThreads yarn.credentials.file.retention.count
  yarn.credentials.file.retention.days yarn.dist.archives yarn.dist.files yarn.dist.forceDownloadSchemes
  yarn.dist.jars yarn.dist.pyFiles yarn.driver.memoryOverhead yarn.exclude.nodes
  yarn.executor.failuresValidityInterval yarn.executor.launch.excludeOnFailure.enabled
  yarn.executor.memoryOverhead yarn.executor.nodeLabelExpression yarn.historyServer.address
  yarn.historyServer.allowTracking yarn.includeDriverLogsLink yarn.isHadoopProvided yarn.isPython yarn.jar
  yarn.jars yarn.kerberos.relogin.period yarn.keytab yarn.launchContainers yarn.max.executor.failures
  yarn.max.worker.failures yarn.maxAppAttempts yarn.metrics.namespace yarn.populateHadoopClasspath
  yarn.preserve.staging.files yarn.principal yarn.priority yarn.queue yarn.report.interval
  yarn.report.loggingFrequency yarn.resourceFpgaDeviceName yarn.resourceGpuDeviceName
  yarn.rolledLog.excludePattern yarn.rolledLog.includePattern yarn.scheduler.heartbeat.interval
  yarn.scheduler.reporterThread.maxFailures yarn.secondary.jars yarn.services
  yarn.shuffle.server.recovery.disabled yarn.stagingDir yarn.submit.file.replication
  yarn.submit.waitAppCompletion yarn.tags yarn.unmanagedAM.enabled yarn.user.classpath.first yarn.user.jar
  `
    .trim()
    .split(/\s+/)
    .map((name) => `spark.${name}`),
);

/** The known setting that an unknown one misses by one or two letters. */
export function misspelledSetting(name: string): string | undefined {
  if (!name.startsWith('spark.') || known.has(name)) return undefined;
  return [...known].find((one) => withinEdits(name, one, 2));
}
