package dev.millrace.broker.coordinator.transaction;

/** What somebody wants of a transaction coordinator: clients, its own timers, and those who work for it. */
public sealed interface TransactionCommand
        permits Postponable,
                WantsProducerId,
                VerifyPartitions,
                DescribeTransaction,
                ListTransactions,
                ProducerIdUnavailable,
                MarkersAnswered,
                SendMarkers,
                AnswerParked,
                RemoveExpired {}
