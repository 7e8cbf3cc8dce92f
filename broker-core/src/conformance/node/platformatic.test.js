// @platformatic/kafka against the broker that BOOTSTRAP names (default 127.0.0.1:9092).
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import zlib from 'node:zlib'
import {
  Admin, Consumer, FetchIsolationLevels, GroupProtocols, MessagesStreamModes, Producer, stringDeserializers, stringSerializers
} from '@platformatic/kafka'

const base = { clientId: 'platformatic-conformance', bootstrapBrokers: [process.env.BOOTSTRAP ?? '127.0.0.1:9092'] }
const run = Date.now().toString(36)
const admin = new Admin(base)
let topics = 0

after(() => admin.close())

async function fresh(partitions = 3) {
  const topic = `platformatic-${run}-${topics++}`
  const [created] = await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
  assert.equal(created.partitions, partitions)
  return topic
}

async function withProducer(options, use) {
  const producer = new Producer({ ...base, serializers: stringSerializers, ...options })
  try {
    return await use(producer)
  } finally {
    await producer.close(true)
  }
}

// Reads until `count` records have come.
async function read(topic, count, options = {}) {
  const consumer = new Consumer({ ...base, groupId: `${topic}-readers`, deserializers: stringDeserializers, ...options })
  const stream = await consumer.consume({
    topics: [topic],
    mode: options.mode ?? MessagesStreamModes.EARLIEST,
    autocommit: true,
    maxWaitTime: 200,
    isolationLevel: FetchIsolationLevels.READ_COMMITTED
  })
  const records = []
  for await (const message of stream) {
    records.push(message)
    if (records.length === count) break
  }
  await consumer.close(true)
  return records
}

test('produces and consumes keys, values and headers', async () => {
  const topic = await fresh()
  await withProducer({}, producer =>
    producer.send({ messages: [{ topic, key: 'a', value: '1', headers: { origin: 'here' } }, { topic, key: 'b', value: '2' }] }))
  const records = await read(topic, 2)
  assert.deepEqual(records.map(r => [r.key, r.value]).sort(), [['a', '1'], ['b', '2']])
  assert.equal(records.find(r => r.key === 'a').headers.get('origin'), 'here')
})

for (const compression of ['gzip', 'snappy', 'lz4', 'zstd']) {
  const missing = compression === 'zstd' && !zlib.zstdCompressSync && 'this Node.js has no zstd'
  test(`compresses with ${compression}`, { skip: missing }, async () => {
    const topic = await fresh(1)
    const values = Array.from({ length: 500 }, (_, i) => `v${i}`)
    await withProducer({ compression }, producer => producer.send({ messages: values.map(value => ({ topic, value })) }))
    assert.deepEqual((await read(topic, values.length)).map(r => r.value), values)
  })
}

test('an idempotent producer keeps its order', async () => {
  const topic = await fresh(1)
  const values = Array.from({ length: 20 }, (_, i) => `${i}`)
  await withProducer({ idempotent: true, acks: -1 }, async producer => {
    for (const value of values) await producer.send({ messages: [{ topic, value }] })
  })
  assert.deepEqual((await read(topic, 20)).map(r => r.value), values)
})

test('read_committed sees what was committed and nothing that was aborted', async () => {
  const topic = await fresh(1)
  await withProducer({ idempotent: true, transactionalId: `tx-${topic}` }, async producer => {
    for (const [value, commit] of [['kept 1', true], ['dropped', false], ['kept 2', true]]) {
      const transaction = await producer.beginTransaction()
      await transaction.send({ messages: [{ topic, value }] })
      await (commit ? transaction.commit() : transaction.abort())
    }
  })
  assert.deepEqual((await read(topic, 2)).map(r => r.value), ['kept 1', 'kept 2'])
})

test('a group goes on where it stood', async () => {
  const topic = await fresh(1)
  const groupId = `${topic}-group`
  await withProducer({}, producer => producer.send({ messages: ['1', '2'].map(value => ({ topic, value })) }))
  assert.deepEqual((await read(topic, 2, { groupId })).map(r => r.value), ['1', '2'])
  await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 1n }] }] })
  assert.deepEqual((await read(topic, 1, { groupId, mode: MessagesStreamModes.COMMITTED })).map(r => r.value), ['2'])
})

test('reads with the consumer group protocol (KIP-848)', async () => {
  const topic = await fresh()
  await withProducer({}, producer => producer.send({ messages: ['1', '2', '3'].map(value => ({ topic, key: value, value })) }))
  const records = await read(topic, 3, { groupProtocol: GroupProtocols.CONSUMER })
  assert.deepEqual(records.map(r => r.value).sort(), ['1', '2', '3'])
})

test('administers topics, configs, groups and records', async () => {
  const topic = await fresh(2)
  await withProducer({}, producer => producer.send({ messages: [{ topic, partition: 1, value: 'a' }, { topic, partition: 1, value: 'b' }] }))
  const groupId = `${topic}-group`
  await read(topic, 2, { groupId })
  assert.ok((await admin.listGroups()).has(groupId))
  assert.equal((await admin.describeGroups({ groups: [groupId] })).get(groupId).state.toUpperCase(), 'EMPTY')
  const [{ configs }] = await admin.describeConfigs({
    resources: [{ resourceType: 2, resourceName: topic, configurationKeys: ['retention.ms'] }]
  })
  assert.equal(configs[0].value, '604800000')
  const [{ partitions }] = await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 1, offset: 1n }] }] })
  assert.equal(partitions[0].lowWatermark, 1n)
  await admin.deleteGroups({ groups: [groupId] })
  await admin.createPartitions({ topics: [{ name: topic, count: 3, assignments: null }] })
  await admin.deleteTopics({ topics: [topic] })
  assert.ok(!(await admin.listTopics()).includes(topic))
})
