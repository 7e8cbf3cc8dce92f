package dev.millrace.broker.coordinator.transaction;

/** What somebody wants of a transaction coordinator: clients, its own timers, and those who work for it. */
public sealed interface TransactionCommand
        permits Postponable,
                VerifyPartitions,
                EndTransaction,
                DescribeTransaction,
                ListTransactions,
                ProducerIdUnavailable,
                MarkersAnswered,
                SendMarkers,
                AbortTimedOut,
                AnswerParked,
                RemoveExpired {}
