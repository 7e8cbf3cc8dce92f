package dev.millrace.examples.trending;

/** What a hashtag had in a minute: how many tweets, and the likes and replies of the popular ones. */
record Tally(long tweets, long engagement) {

    static final Tally NONE = new Tally(0, 0);

    Tally plus(long engagementOfTweet) {
        return new Tally(tweets + 1, engagement + engagementOfTweet);
    }
}
