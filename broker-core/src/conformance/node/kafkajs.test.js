// kafkajs against the broker that BOOTSTRAP names (default 127.0.0.1:9092).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import kafkajs from 'kafkajs'

const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs

const kafka = new Kafka({
  clientId: 'kafkajs-conformance',
  brokers: [process.env.BOOTSTRAP ?? '127.0.0.1:9092'],
  logLevel: logLevel.NOTHING
})
const run = Date.now().toString(36)
const admin = kafka.admin()
const fresh = (() => {
  let n = 0
  return async (partitions = 3) => {
    const topic = `kafkajs-${run}-${n++}`
    assert.equal(await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true }), true)
    return topic
  }
})()

before(() => admin.connect())
after(() => admin.disconnect())

// Reads until `count` records have come.
async function read(topic, count, { groupId = `${topic}-readers`, readUncommitted = false } = {}) {
  const consumer = kafka.consumer({ groupId, readUncommitted })
  const records = []
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error))
    consumer.run({
      eachMessage: async ({ partition, message }) => {
        records.push({ partition, key: message.key?.toString(), value: message.value?.toString(), headers: message.headers })
        if (records.length === count) resolve()
      }
    }).catch(reject)
  })
  await consumer.disconnect()
  return records
}

test('produces and consumes keys, values, headers and tombstones', async () => {
  const topic = await fresh()
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({
    topic,
    messages: [
      { key: 'a', value: '1', headers: { origin: 'here' } },
      { key: 'a', value: null }
    ]
  })
  await producer.disconnect()
  const records = await read(topic, 2)
  assert.deepEqual(records.map(r => [r.key, r.value]), [['a', '1'], ['a', undefined]])
  assert.equal(records[0].headers.origin.toString(), 'here')
})

test('compresses with gzip', async () => {
  const topic = await fresh(1)
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, compression: CompressionTypes.GZIP, messages: Array.from({ length: 500 }, (_, i) => ({ value: `v${i}` })) })
  await producer.disconnect()
  assert.deepEqual((await read(topic, 500)).map(r => r.value), Array.from({ length: 500 }, (_, i) => `v${i}`))
})

test('an idempotent producer keeps its order', async () => {
  const topic = await fresh(1)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (let i = 0; i < 20; i++) await producer.send({ topic, messages: [{ value: `${i}` }] })
  await producer.disconnect()
  assert.deepEqual((await read(topic, 20)).map(r => r.value), Array.from({ length: 20 }, (_, i) => `${i}`))
})

test('read_committed sees what was committed and nothing that was aborted', async () => {
  const topic = await fresh(1)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: `tx-${topic}` })
  await producer.connect()
  for (const [value, commit] of [['kept 1', true], ['dropped', false], ['kept 2', true]]) {
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ value }] })
    await (commit ? transaction.commit() : transaction.abort())
  }
  await producer.disconnect()
  assert.deepEqual((await read(topic, 2)).map(r => r.value), ['kept 1', 'kept 2'])
})

test('offsets committed in a transaction are where the group goes on', async () => {
  const topic = await fresh(1)
  const groupId = `${topic}-group`
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: `tx-${topic}` })
  await producer.connect()
  await producer.send({ topic, messages: Array.from({ length: 10 }, (_, i) => ({ value: `${i}` })) })
  const transaction = await producer.transaction()
  await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset: '7' }] }] })
  await transaction.commit()
  await producer.disconnect()
  assert.deepEqual((await read(topic, 3, { groupId })).map(r => r.value), ['7', '8', '9'])
})

test('two members share the partitions, and one takes over', async () => {
  const topic = await fresh(4)
  const groupId = `${topic}-group`
  const member = async () => {
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200, heartbeatInterval: 500 })
    const waiting = []
    consumer.assignments = []
    consumer.on(consumer.events.GROUP_JOIN, event => {
      consumer.assignments = event.payload.memberAssignment[topic] ?? []
      waiting.splice(0).forEach(check => check())
    })
    consumer.holds = count => new Promise(resolve => {
      const check = () => (consumer.assignments.length === count ? resolve() : waiting.push(check))
      check()
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ eachMessage: async () => {} })
    return consumer
  }
  const first = await member()
  await first.holds(4)
  const second = await member()
  await Promise.all([first.holds(2), second.holds(2)])
  assert.deepEqual([...first.assignments, ...second.assignments].sort(), [0, 1, 2, 3])
  await second.disconnect()
  await first.holds(4)
  await first.disconnect()
})

test('administers topics, configs, groups and offsets', async () => {
  const topic = await fresh(2)
  await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] })
  const { topics: [described] } = await admin.fetchTopicMetadata({ topics: [topic] })
  assert.equal(described.partitions.length, 4)
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '12345' }] }]
  })
  const { resources: [resource] } = await admin.describeConfigs({
    includeSynonyms: true,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }]
  })
  assert.equal(resource.configEntries[0].configValue, '12345')
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: [{ partition: 0, value: 'a' }, { partition: 0, value: 'b' }, { partition: 3, value: 'c' }] })
  await producer.disconnect()
  const ends = Object.fromEntries((await admin.fetchTopicOffsets(topic)).map(p => [p.partition, p.high]))
  assert.deepEqual(ends, { 0: '2', 1: '0', 2: '0', 3: '1' })
  const groupId = `${topic}-group`
  await read(topic, 3, { groupId })
  assert.ok((await admin.listGroups()).groups.some(group => group.groupId === groupId))
  assert.equal((await admin.describeGroups([groupId])).groups[0].state, 'Empty')
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1' }] })
  const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] })
  assert.equal(partitions.find(p => p.partition === 0).offset, '1')
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] })
  assert.equal((await admin.fetchTopicOffsets(topic)).find(p => p.partition === 0).low, '1')
  await admin.deleteGroups([groupId])
  await admin.deleteTopics({ topics: [topic] })
  assert.ok(!(await admin.listTopics()).includes(topic))
})
