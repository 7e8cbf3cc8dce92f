package dev.millrace.connect.plugin;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first part of a class file (JVMS §4): what the class is called and what it extends and implements. Reading this
 * instead of loading the class keeps the search for plugins fast, and free of the side effects of strangers' initialisers.
 *
 * @param parent null for java.lang.Object and for module descriptors
 */
record ClassHeader(String name, int access, @Nullable String parent, List<String> interfaces) {

    private static final int MAGIC = 0xCAFEBABE;
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;

    boolean isConcrete() {
        return !Modifier.isAbstract(access) && !Modifier.isInterface(access) && Modifier.isPublic(access);
    }

    /** @throws IOException also when it is no class file */
    static ClassHeader read(InputStream classFile) throws IOException {
        DataInputStream in = new DataInputStream(classFile);
        if (in.readInt() != MAGIC) {
            throw new IOException("not a class file");
        }
        in.readInt(); // version
        int poolSize = in.readUnsignedShort();
        @Nullable String[] strings = new @Nullable String[poolSize];
        int[] classNames = new int[poolSize];
        for (int i = 1; i < poolSize; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case UTF8 -> strings[i] = in.readUTF();
                case CLASS -> classNames[i] = in.readUnsignedShort();
                default -> in.skipNBytes(size(tag));
            }
            if (tag == LONG || tag == DOUBLE) {
                i++; // these take two places in the pool
            }
        }
        int access = in.readUnsignedShort();
        String name = name(strings, classNames, in.readUnsignedShort());
        int parentIndex = in.readUnsignedShort();
        String parent = parentIndex == 0 ? null : name(strings, classNames, parentIndex);
        int interfaceCount = in.readUnsignedShort();
        List<String> interfaces = new ArrayList<>(interfaceCount);
        for (int i = 0; i < interfaceCount; i++) {
            interfaces.add(name(strings, classNames, in.readUnsignedShort()));
        }
        return new ClassHeader(name, access, parent, interfaces);
    }

    private static String name(@Nullable String[] strings, int[] classNames, int index) throws IOException {
        String name = strings[classNames[index]];
        if (name == null) {
            throw new IOException("broken constant pool");
        }
        return name.replace('/', '.');
    }

    private static int size(int tag) throws IOException {
        return switch (tag) {
            case 8, 16, 19, 20 -> 2; // String, MethodType, Module, Package
            case 15 -> 3; // MethodHandle
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4; // Integer, Float, references, NameAndType, dynamics
            case LONG, DOUBLE -> 8;
            default -> throw new IOException("unknown constant " + tag);
        };
    }
}
