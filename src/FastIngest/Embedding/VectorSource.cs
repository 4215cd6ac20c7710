using FastIngest.Delivery;

namespace FastIngest.Embedding;

/// <summary>A database that holds summaries and their vectors. The database is not open yet.</summary>
public sealed class VectorSource
{
    private readonly Func<EmbeddingModel?, bool, IOutbox> _createOutbox;
    private readonly Func<IVectorStore> _createStore;

    internal VectorSource(Func<EmbeddingModel?, bool, IOutbox> createOutbox, Func<IVectorStore> createStore)
    {
        _createOutbox = createOutbox;
        _createStore = createStore;
    }

    /// <param name="model">The model whose vectors are stored; null when it is not known, and then none is stored.</param>
    /// <param name="replacesModel">Whether vectors of another model with the same name are removed first.</param>
    internal IOutbox CreateOutbox(EmbeddingModel? model, bool replacesModel) => _createOutbox(model, replacesModel);

    /// <exception cref="IngestException">The name of the database is invalid.</exception>
    internal IVectorStore CreateStore() => _createStore();
}
