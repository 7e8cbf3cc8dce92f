package dev.millrace.connect.plugin;

/** Makes a plugin's class loader the thread's own for a while: libraries inside of plugins look things up through it. */
public final class ContextLoader implements AutoCloseable {

    private final ClassLoader before;

    private ContextLoader(ClassLoader before) {
        this.before = before;
    }

    public static ContextLoader use(ClassLoader loader) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        return new ContextLoader(before);
    }

    @Override
    public void close() {
        Thread.currentThread().setContextClassLoader(before);
    }
}
