package dev.millrace.broker.reference;

/**
 * Requests that belong together, in an order that matters. Played to one broker and then to another, it has to come to the
 * same answers.
 *
 * @param title names the file of answers too
 */
record Script(String title, Play play) {

    /** What is asked. */
    interface Play {
        void with(Conversation conversation) throws Exception;
    }

    @Override
    public String toString() {
        return title;
    }
}
